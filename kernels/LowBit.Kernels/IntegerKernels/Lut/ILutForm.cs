namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>What a vector is, as a type.</summary>
internal interface ILutForm
{
    /// <summary>The family word.</summary>
    static abstract string Family { get; }

    /// <summary>True when a vector is the outputs of one pixel, false when it is neighbouring pixels times sixteen outputs.</summary>
    static abstract bool IsWide { get; }
}

/// <summary>Neighbouring pixels times sixteen outputs: tables are made for each input pixel.</summary>
internal readonly struct NarrowForm : ILutForm
{
    public static string Family => KernelRegistry.LutFamily;

    public static bool IsWide => false;
}

/// <summary>The outputs of one pixel: tables are constants.</summary>
internal readonly struct WideForm : ILutForm
{
    public static string Family => KernelRegistry.WideLutFamily;

    public static bool IsWide => true;
}
