namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>Pixels of a tile: accumulators of a body for each vector of outputs.</summary>
internal interface ITilePixels
{
    static abstract int Pixels { get; }
}

internal readonly struct Pixels1 : ITilePixels
{
    public static int Pixels => 1;
}

internal readonly struct Pixels2 : ITilePixels
{
    public static int Pixels => 2;
}

internal readonly struct Pixels4 : ITilePixels
{
    public static int Pixels => 4;
}

internal readonly struct Pixels7 : ITilePixels
{
    public static int Pixels => 7;
}

internal readonly struct Pixels8 : ITilePixels
{
    public static int Pixels => 8;
}

internal readonly struct Pixels12 : ITilePixels
{
    public static int Pixels => 12;
}

internal readonly struct Pixels14 : ITilePixels
{
    public static int Pixels => 14;
}

internal readonly struct Pixels16 : ITilePixels
{
    public static int Pixels => 16;
}
