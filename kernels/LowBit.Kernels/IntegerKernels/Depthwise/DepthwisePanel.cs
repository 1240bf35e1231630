using LowBit.Kernels.Devices;

namespace LowBit.Kernels.IntegerKernels.Depthwise;

/// <summary>One vector of channels of one image.</summary>
internal readonly unsafe struct DepthwisePanel
{
    public DepthwisePanel(in DepthwiseThreeJob job, int image, int channel, int valid, byte* weights)
    {
        ConvShape s = job.Arguments.Shape;
        Image = image;
        Channel = channel;
        Valid = valid;
        Weights = weights;
        Input = job.Arguments.Input + ((long)image * s.Height * s.Width * s.InChannels) + channel;
        IsLast = image == s.Batch - 1 && channel + valid == s.InChannels;
    }

    public int Image { get; }

    public int Channel { get; }

    /// <summary>Lanes that are channels.</summary>
    public int Valid { get; }

    public byte* Weights { get; }

    /// <summary>The panel's first code in the image's first pixel.</summary>
    public byte* Input { get; }

    /// <summary>True when the panel ends with the input's last code.</summary>
    public bool IsLast { get; }
}
