namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// How products become 32-bit sums. Depth T: the pair sums of T steps are added in 16 bits before they are widened, which the range proof must
/// allow. Wide: codes are 16-bit integers, two to a step, and products are formed in 32 bits.
/// </summary>
internal interface IDotDepth
{
    static abstract int Depth { get; }

    static abstract bool IsWide { get; }
}

internal readonly struct Depth1 : IDotDepth
{
    public static int Depth => 1;

    public static bool IsWide => false;
}

internal readonly struct Depth2 : IDotDepth
{
    public static int Depth => 2;

    public static bool IsWide => false;
}

internal readonly struct Depth4 : IDotDepth
{
    public static int Depth => 4;

    public static bool IsWide => false;
}

internal readonly struct DepthWide : IDotDepth
{
    public static int Depth => 1;

    public static bool IsWide => true;
}
