namespace LowBit.Kernels.Devices;

/// <summary>
/// The shape of a 2-d convolution. Input is <c>[Batch, Height, Width, InChannels]</c> (NHWC), weights are
/// <c>[OutChannels, KernelHeight, KernelWidth, InChannels / Groups]</c> (OHWI), output is
/// <c>[Batch, OutHeight, OutWidth, OutChannels]</c>. Padding is symmetric; there is no dilation.
/// </summary>
/// <param name="Batch">Images, 1 or more.</param>
/// <param name="Height">Input rows.</param>
/// <param name="Width">Input columns.</param>
/// <param name="InChannels">Input channels, a multiple of <paramref name="Groups"/>.</param>
/// <param name="OutChannels">Output channels, a multiple of <paramref name="Groups"/>.</param>
/// <param name="KernelHeight">Kernel rows.</param>
/// <param name="KernelWidth">Kernel columns.</param>
/// <param name="Stride">Step of the window in both directions, 1 or more.</param>
/// <param name="Padding">Rows and columns of padding on each side, below the kernel size.</param>
/// <param name="Groups">Channel groups; equal to both channel counts for a depthwise convolution.</param>
public readonly record struct ConvShape(
    int Batch, int Height, int Width, int InChannels, int OutChannels, int KernelHeight, int KernelWidth, int Stride, int Padding, int Groups = 1)
{
    /// <summary>Output rows: <c>(Height + 2·Padding − KernelHeight) / Stride + 1</c>.</summary>
    public int OutHeight => ((Height + (2 * Padding) - KernelHeight) / Stride) + 1;

    /// <summary>Output columns: <c>(Width + 2·Padding − KernelWidth) / Stride + 1</c>.</summary>
    public int OutWidth => ((Width + (2 * Padding) - KernelWidth) / Stride) + 1;

    /// <summary>Input channels of one group.</summary>
    public int GroupInChannels => InChannels / Groups;

    /// <summary>Output channels of one group.</summary>
    public int GroupOutChannels => OutChannels / Groups;

    /// <summary>Elements of the input.</summary>
    public long InputLength => (long)Batch * Height * Width * InChannels;

    /// <summary>Elements of the output.</summary>
    public long OutputLength => (long)Batch * OutHeight * OutWidth * OutChannels;

    /// <summary>Elements of the weights.</summary>
    public long WeightLength => (long)OutChannels * KernelHeight * KernelWidth * GroupInChannels;

    /// <summary>Products summed for one output: <c>KernelHeight · KernelWidth · InChannels / Groups</c>.</summary>
    public int ReductionLength => KernelHeight * KernelWidth * GroupInChannels;

    /// <summary>Multiplications and additions of the forward pass: <c>2 · OutputLength · ReductionLength</c>, those with padding included.</summary>
    public double Operations => 2.0 * OutputLength * ReductionLength;

    /// <summary>True when each channel is convolved alone.</summary>
    public bool IsDepthwise => Groups > 1 && Groups == InChannels && Groups == OutChannels;

    /// <summary>The numbers on one line; of any numbers, those of no convolution too.</summary>
    public override string ToString()
        => $"convolution [{Batch}, {Height}, {Width}, {InChannels}] -> {OutChannels}, kernel {KernelHeight}x{KernelWidth}, stride {Stride}, padding {Padding}, groups {Groups}";

    /// <summary>Throws unless the numbers describe a convolution.</summary>
    /// <exception cref="ArgumentException">A size is below 1, the groups do not divide the channels, or the kernel does not fit.</exception>
    public void Validate()
    {
        if (Batch < 1 || Height < 1 || Width < 1 || InChannels < 1 || OutChannels < 1 || KernelHeight < 1 || KernelWidth < 1
            || Stride < 1 || Padding < 0 || Groups < 1)
        {
            throw new ArgumentException($"a convolution needs sizes of at least 1 and no negative padding, got a {this}");
        }

        if (InChannels % Groups != 0 || OutChannels % Groups != 0)
        {
            throw new ArgumentException($"{Groups} groups divide neither or only one of {InChannels} input and {OutChannels} output channels");
        }

        if (Padding >= KernelHeight || Padding >= KernelWidth || Height + (2 * Padding) < KernelHeight || Width + (2 * Padding) < KernelWidth)
        {
            throw new ArgumentException(
                $"a {KernelHeight}x{KernelWidth} kernel with padding {Padding} does not fit an input of {Height}x{Width}");
        }
    }
}
