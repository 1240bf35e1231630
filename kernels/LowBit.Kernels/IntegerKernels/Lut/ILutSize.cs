namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>A number of vectors or of panels in a tile, as a type.</summary>
internal interface ILutSize
{
    static abstract int Count { get; }
}

/// <summary>One.</summary>
internal readonly struct Size1 : ILutSize
{
    public static int Count => 1;
}

/// <summary>Two.</summary>
internal readonly struct Size2 : ILutSize
{
    public static int Count => 2;
}

/// <summary>Three.</summary>
internal readonly struct Size3 : ILutSize
{
    public static int Count => 3;
}

/// <summary>Four.</summary>
internal readonly struct Size4 : ILutSize
{
    public static int Count => 4;
}

/// <summary>Five.</summary>
internal readonly struct Size5 : ILutSize
{
    public static int Count => 5;
}

/// <summary>Six.</summary>
internal readonly struct Size6 : ILutSize
{
    public static int Count => 6;
}

/// <summary>Seven.</summary>
internal readonly struct Size7 : ILutSize
{
    public static int Count => 7;
}

/// <summary>Eight.</summary>
internal readonly struct Size8 : ILutSize
{
    public static int Count => 8;
}
