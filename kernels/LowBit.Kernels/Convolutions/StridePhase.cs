namespace LowBit.Kernels.Convolutions;

/// <summary>
/// One phase of a strided convolution along one axis, seen from the input: the positions S·i + phase and the taps that reach them.
/// Position S·i + phase meets kernel index u = First + S·t at output i + Shift − t.
/// </summary>
internal readonly struct StridePhase
{
    private readonly int _stride;
    private readonly int _firstTap;

    /// <summary>Finds the taps of a phase.</summary>
    /// <param name="kernel">Kernel size along the axis.</param>
    /// <param name="stride">The stride S.</param>
    /// <param name="padding">Padding before the first position.</param>
    /// <param name="phase">The phase, 0 to S − 1.</param>
    public StridePhase(int kernel, int stride, int padding, int phase)
    {
        _stride = stride;
        Phase = phase;
        _firstTap = (phase + padding) % stride;
        Taps = _firstTap < kernel ? ((kernel - _firstTap) + stride - 1) / stride : 0;
        Top = Taps - 1 - ((phase + padding - _firstTap) / stride);
    }

    /// <summary>The phase.</summary>
    public int Phase { get; }

    /// <summary>Taps that reach this phase; none when the kernel is smaller than the stride.</summary>
    public int Taps { get; }

    /// <summary>Where the frame of the output gradient begins before its first row, so that tap 0 of position 0 is frame row 0.</summary>
    public int Top { get; }

    /// <summary>Positions of this phase among <paramref name="length"/>.</summary>
    public int Count(int length) => ((length - Phase) + _stride - 1) / _stride;

    /// <summary>The kernel index of turned tap t.</summary>
    public int KernelIndex(int t) => _firstTap + (_stride * (Taps - 1 - t));
}
