namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>Vectors of outputs of a panel: how often a broadcast of activations is used.</summary>
internal interface ITileVectors
{
    static abstract int Count { get; }
}

internal readonly struct Vectors1 : ITileVectors
{
    public static int Count => 1;
}

internal readonly struct Vectors2 : ITileVectors
{
    public static int Count => 2;
}
