namespace LowBit.Kernels.Devices;

/// <summary>
/// The parameter-free "option A" shortcut of ResNet for CIFAR (He et al. 2016, arXiv:1512.03385, section 4.2): every
/// <c>Stride</c>-th pixel, new channels zero. Input is <c>[Batch, Height, Width, InChannels]</c>, output is
/// <c>[Batch, ⌈Height/Stride⌉, ⌈Width/Stride⌉, OutChannels]</c>, and input channel c lands on output channel <c>c + Before</c>.
/// </summary>
/// <param name="Batch">Images.</param>
/// <param name="Height">Input rows.</param>
/// <param name="Width">Input columns.</param>
/// <param name="InChannels">Input channels.</param>
/// <param name="OutChannels">Output channels, at least <paramref name="InChannels"/>.</param>
/// <param name="Stride">Distance of the pixels that are kept.</param>
public readonly record struct ShortcutShape(int Batch, int Height, int Width, int InChannels, int OutChannels, int Stride)
{
    /// <summary>Output rows.</summary>
    public int OutHeight => (Height + Stride - 1) / Stride;

    /// <summary>Output columns.</summary>
    public int OutWidth => (Width + Stride - 1) / Stride;

    /// <summary>Zero channels before the input's own: half of the growth, rounded down.</summary>
    public int Before => (OutChannels - InChannels) / 2;

    /// <summary>Elements of the input.</summary>
    public long InputLength => (long)Batch * Height * Width * InChannels;

    /// <summary>Elements of the output.</summary>
    public long OutputLength => (long)Batch * OutHeight * OutWidth * OutChannels;
}
