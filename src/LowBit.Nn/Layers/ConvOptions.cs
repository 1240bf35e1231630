namespace LowBit.Nn.Layers;

/// <summary>Sizes of a square convolution.</summary>
/// <param name="InChannels">Input channels, 1 or more.</param>
/// <param name="OutChannels">Output channels, 1 or more.</param>
/// <param name="Kernel">Rows and columns of the kernel.</param>
/// <param name="Stride">Step of the window in both directions.</param>
/// <param name="Padding">Rows and columns of zeros on each side.</param>
/// <param name="Groups">Channel groups; the channel count for a depthwise convolution.</param>
/// <param name="Bias">True to add a bias per output channel; leave it out in front of a batch norm.</param>
public readonly record struct ConvOptions(
    int InChannels, int OutChannels, int Kernel, int Stride = 1, int Padding = 0, int Groups = 1, bool Bias = false)
{
    /// <summary>Throws unless the numbers describe a convolution.</summary>
    /// <exception cref="ArgumentException">A size is below 1, or the groups do not divide the channels.</exception>
    public void Validate()
    {
        if (InChannels < 1 || OutChannels < 1 || Kernel < 1 || Stride < 1 || Padding < 0 || Groups < 1)
        {
            throw new ArgumentException($"a convolution needs sizes of at least 1 and no negative padding, got {this}");
        }

        if (InChannels % Groups != 0 || OutChannels % Groups != 0)
        {
            throw new ArgumentException($"{Groups} groups must divide {InChannels} input and {OutChannels} output channels");
        }
    }
}
