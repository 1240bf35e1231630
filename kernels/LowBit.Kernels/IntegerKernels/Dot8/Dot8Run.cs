namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>Steps whose activation codes follow one another in memory: a kernel row, or the part of one that is summed before sums are widened.</summary>
internal struct Dot8Run
{
    /// <summary>Bytes from an output pixel's first code to the run's first.</summary>
    public nint Offset;

    public nint Steps;

    /// <summary>0 when sums go on with the next run, 1 when they are widened and stored first, 2 at the end of the window.</summary>
    public nint End;
}
