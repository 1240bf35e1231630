namespace LowBit.Kernels.Devices;

/// <summary>
/// The shape of a pooling window over <c>[Batch, Height, Width, Channels]</c> (NHWC). Padding counts as minus infinity for
/// the maximum and as zeros, included in the divisor, for the average.
/// </summary>
/// <param name="Batch">Images.</param>
/// <param name="Height">Input rows.</param>
/// <param name="Width">Input columns.</param>
/// <param name="Channels">Channels, the same in and out.</param>
/// <param name="KernelHeight">Window rows.</param>
/// <param name="KernelWidth">Window columns.</param>
/// <param name="Stride">Step of the window in both directions.</param>
/// <param name="Padding">Rows and columns of padding on each side, at most half the window.</param>
public readonly record struct PoolShape(int Batch, int Height, int Width, int Channels, int KernelHeight, int KernelWidth, int Stride, int Padding = 0)
{
    /// <summary>Output rows.</summary>
    public int OutHeight => ((Height + (2 * Padding) - KernelHeight) / Stride) + 1;

    /// <summary>Output columns.</summary>
    public int OutWidth => ((Width + (2 * Padding) - KernelWidth) / Stride) + 1;

    /// <summary>Elements of the input.</summary>
    public long InputLength => (long)Batch * Height * Width * Channels;

    /// <summary>Elements of the output.</summary>
    public long OutputLength => (long)Batch * OutHeight * OutWidth * Channels;

    /// <summary>The numbers on one line; of any numbers, those of no pooling too.</summary>
    public override string ToString()
        => $"pooling [{Batch}, {Height}, {Width}, {Channels}], window {KernelHeight}x{KernelWidth}, stride {Stride}, padding {Padding}";

    /// <summary>Throws unless the numbers describe a pooling.</summary>
    /// <exception cref="ArgumentException">A size is below 1 or the window does not fit.</exception>
    public void Validate()
    {
        if (Batch < 1 || Height < 1 || Width < 1 || Channels < 1 || KernelHeight < 1 || KernelWidth < 1 || Stride < 1 || Padding < 0)
        {
            throw new ArgumentException($"pooling needs sizes of at least 1 and no negative padding, got a {this}");
        }

        if (2 * Padding > KernelHeight || 2 * Padding > KernelWidth || Height + (2 * Padding) < KernelHeight || Width + (2 * Padding) < KernelWidth)
        {
            throw new ArgumentException($"a {KernelHeight}x{KernelWidth} window with padding {Padding} does not fit an input of {Height}x{Width}");
        }
    }
}
