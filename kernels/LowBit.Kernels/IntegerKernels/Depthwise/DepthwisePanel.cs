using LowBit.Kernels.Devices;

namespace LowBit.Kernels.IntegerKernels.Depthwise;

/// <summary>One vector of channels of one image.</summary>
internal readonly unsafe struct DepthwisePanel
{
    public DepthwisePanel(in DepthwiseThreeJob job, int image, int channel, int valid, int lanes, byte* weights)
    {
        ConvShape s = job.Arguments.Shape;
        Image = image;
        Channel = channel;
        Valid = valid;
        Weights = weights;
        Input = job.Arguments.Input + ((long)image * s.Height * s.Width * s.InChannels) + channel;
        ReadableRows = valid == lanes ? int.MaxValue : CountReadable(s, image, channel, lanes);
    }

    public int Image { get; }

    public int Channel { get; }

    /// <summary>Lanes that are channels.</summary>
    public int Valid { get; }

    public byte* Weights { get; }

    /// <summary>The panel's first code in the image's first pixel.</summary>
    public byte* Input { get; }

    /// <summary>Rows of the image, from the first one, whose pixels a vector load reads without reaching past the input's last code; without limit when all are.</summary>
    public int ReadableRows { get; }

    // Lanes that are no channels read the pixels that follow; near the end there may be fewer of them than a load takes.
    private static int CountReadable(in ConvShape s, int image, int channel, int lanes)
    {
        long rowBytes = (long)s.Width * s.InChannels, first = ((long)image * s.Height * rowBytes) + rowBytes - s.InChannels + channel;
        long room = s.InputLength - first - lanes;
        long rows = room < 0 ? 0 : (room / rowBytes) + 1;
        return rows >= s.Height ? int.MaxValue : (int)rows;
    }
}
