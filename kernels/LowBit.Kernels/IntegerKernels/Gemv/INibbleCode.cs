namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>Weight codes that share a nibble: an index into a table of sixteen partial sums.</summary>
internal interface INibbleCode
{
    static abstract int Bits { get; }

    /// <summary>Codes of a nibble.</summary>
    static abstract int Codes { get; }
}

/// <summary>Four one-bit codes.</summary>
internal readonly struct OneBit : INibbleCode
{
    public static int Bits => 1;

    public static int Codes => 4;
}

/// <summary>Two two-bit codes.</summary>
internal readonly struct TwoBits : INibbleCode
{
    public static int Bits => 2;

    public static int Codes => 2;
}
