namespace LowBit.Kernels.MatrixProducts;

/// <summary>Rows of a register tile, as a type: the JIT removes the rows a tile does not have.</summary>
internal interface IRows
{
    static abstract int Count { get; }
}

/// <summary>Vectors per row of a register tile, one or two.</summary>
internal interface IVectors
{
    static abstract bool Two { get; }
}

/// <summary>
/// Floats from tile row to tile row of A. A constant makes every row a displacement of one pointer, which saves the index that would
/// keep a load from being fused with its multiplication.
/// </summary>
internal interface IRowStep
{
    /// <summary>The distance; 0: known at run time only. Other than for 1, the sum then runs over neighbouring floats (AStep is 1).</summary>
    static abstract int Floats { get; }

    /// <summary>True: A and B are packed and read once from front to back, so that the tile asks for their lines ahead.</summary>
    static abstract bool Ahead { get; }
}

internal readonly struct OneVector : IVectors
{
    public static bool Two => false;
}

internal readonly struct TwoVectors : IVectors
{
    public static bool Two => true;
}

internal readonly struct AnyRowStep : IRowStep
{
    public static int Floats => 0;

    public static bool Ahead => false;
}

internal readonly struct RowStep1 : IRowStep
{
    public static int Floats => 1;

    public static bool Ahead => false;
}

internal readonly struct PackedRows : IRowStep
{
    public static int Floats => 1;

    public static bool Ahead => true;
}

internal readonly struct RowStep16 : IRowStep
{
    public static int Floats => 16;

    public static bool Ahead => false;
}

internal readonly struct RowStep32 : IRowStep
{
    public static int Floats => 32;

    public static bool Ahead => false;
}

internal readonly struct RowStep64 : IRowStep
{
    public static int Floats => 64;

    public static bool Ahead => false;
}

internal readonly struct R1 : IRows
{
    public static int Count => 1;
}

internal readonly struct R2 : IRows
{
    public static int Count => 2;
}

internal readonly struct R3 : IRows
{
    public static int Count => 3;
}

internal readonly struct R4 : IRows
{
    public static int Count => 4;
}

internal readonly struct R5 : IRows
{
    public static int Count => 5;
}

internal readonly struct R6 : IRows
{
    public static int Count => 6;
}

internal readonly struct R7 : IRows
{
    public static int Count => 7;
}

internal readonly struct R8 : IRows
{
    public static int Count => 8;
}

internal readonly struct R9 : IRows
{
    public static int Count => 9;
}

internal readonly struct R10 : IRows
{
    public static int Count => 10;
}

internal readonly struct R11 : IRows
{
    public static int Count => 11;
}

internal readonly struct R12 : IRows
{
    public static int Count => 12;
}

internal readonly struct R13 : IRows
{
    public static int Count => 13;
}

internal readonly struct R14 : IRows
{
    public static int Count => 14;
}

internal readonly struct R15 : IRows
{
    public static int Count => 15;
}

internal readonly struct R16 : IRows
{
    public static int Count => 16;
}
