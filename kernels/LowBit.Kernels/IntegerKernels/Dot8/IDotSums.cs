namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// How products become 32-bit sums. At once: each step's pair sums are widened and added in 32 bits. Delayed: accumulators are 16-bit integers, widened
/// after the last step or, where the range proof does not allow that, every few steps too. Wide: codes are 16-bit integers, two to a step, and products are formed in 32 bits.
/// </summary>
internal interface IDotSums
{
    static abstract bool IsDelayed { get; }

    /// <summary>True when delayed sums are widened before the last step too.</summary>
    static abstract bool IsRepeated { get; }

    static abstract bool IsWide { get; }
}

internal readonly struct SumsAtOnce : IDotSums
{
    public static bool IsDelayed => false;

    public static bool IsRepeated => false;

    public static bool IsWide => false;
}

internal readonly struct SumsDelayed : IDotSums
{
    public static bool IsDelayed => true;

    public static bool IsRepeated => false;

    public static bool IsWide => false;
}

internal readonly struct SumsRepeated : IDotSums
{
    public static bool IsDelayed => true;

    public static bool IsRepeated => true;

    public static bool IsWide => false;
}

internal readonly struct SumsWide : IDotSums
{
    public static bool IsDelayed => false;

    public static bool IsRepeated => false;

    public static bool IsWide => true;
}
