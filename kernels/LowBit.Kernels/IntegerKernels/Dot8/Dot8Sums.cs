namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>Which <see cref="IDotSums"/> a layer gets.</summary>
internal enum Dot8Sums
{
    AtOnce,
    OfTwo,
    OfFour,
    Delayed,
    Repeated,
    Wide,
    Exact,
}
