using LowBit.Kernels.Devices;

namespace LowBit.Kernels.Convolutions;

/// <summary>The frames in which the passes of a convolution see its input and the gradient of its output.</summary>
internal static unsafe class ConvFrames
{
    /// <summary>One group of the input, padded.</summary>
    public static ImageSource Input(in ConvShape s, float* x, int group) => new()
    {
        Data = x + (group * s.GroupInChannels),
        Pixel = s.InChannels,
        Row = (nint)s.Width * s.InChannels,
        Image = (nint)s.Height * s.Width * s.InChannels,
        Height = s.Height,
        Width = s.Width,
        Channels = s.GroupInChannels,
        Top = s.Padding,
        Left = s.Padding,
    };

    /// <summary>
    /// True when a window's runs are so short that joining the kernel's rows pays: with one channel. With three the copy costs as much
    /// as the longer runs save.
    /// </summary>
    public static bool JoinsRows(in ConvShape s) => s.Groups == 1 && s.InChannels == 1 && s.KernelHeight > 1;

    /// <summary>The input with the kernel's rows joined in each frame row; a window is then one run of (column, row).</summary>
    public static ImageSource JoinedInput(in ConvShape s, float* x) => Input(s, x, 0) with
    {
        Channels = s.KernelHeight,
        JoinedRows = s.KernelHeight,
        JoinedStride = s.Stride,
    };

    /// <summary>One group of the output gradient.</summary>
    public static ImageSource Output(in ConvShape s, float* gy, int group, int top, int left) => new()
    {
        Data = gy + (group * s.GroupOutChannels),
        Pixel = s.OutChannels,
        Row = (nint)s.OutWidth * s.OutChannels,
        Image = (nint)s.OutHeight * s.OutWidth * s.OutChannels,
        Height = s.OutHeight,
        Width = s.OutWidth,
        Channels = s.GroupOutChannels,
        Top = top,
        Left = left,
    };

    /// <summary>The forward pass of one group, without its packed weights.</summary>
    public static CorrelationPass ForwardPass(in ConvShape s, int group, float* x, float* y) => new()
    {
        Source = Input(s, x, group),
        Batch = s.Batch,
        KernelHeight = s.KernelHeight,
        KernelWidth = s.KernelWidth,
        Stride = s.Stride,
        RowStride = s.Stride,
        Target = y + (group * s.GroupOutChannels),
        TargetPixel = s.OutChannels,
        TargetRow = (nint)s.OutWidth * s.OutChannels,
        TargetImage = (nint)s.OutHeight * s.OutWidth * s.OutChannels,
        OutHeight = s.OutHeight,
        OutWidth = s.OutWidth,
    };

    /// <summary>The pass that makes one phase of the input gradient of one group, without its packed weights.</summary>
    public static CorrelationPass BackwardPass(in ConvShape s, int group, StridePhase rows, StridePhase columns, float* gy, float* gx)
    {
        nint pixel = s.InChannels, row = pixel * s.Width;
        return new CorrelationPass
        {
            Source = Output(s, gy, group, rows.Top, columns.Top),
            Batch = s.Batch,
            KernelHeight = rows.Taps,
            KernelWidth = columns.Taps,
            Stride = 1,
            RowStride = 1,
            Target = gx + (group * s.GroupInChannels) + (rows.Phase * row) + (columns.Phase * pixel),
            TargetPixel = pixel * s.Stride,
            TargetRow = row * s.Stride,
            TargetImage = row * s.Height,
            OutHeight = rows.Count(s.Height),
            OutWidth = columns.Count(s.Width),
        };
    }

    /// <summary>
    /// A 1×1 convolution without padding does not care where rows and images end: its pixels become longer rows, so that
    /// register tiles are full even for small maps.
    /// </summary>
    public static ConvShape Flatten(in ConvShape s)
    {
        if (s.KernelHeight != 1 || s.KernelWidth != 1 || s.Stride != 1 || s.Padding != 0)
        {
            return s;
        }

        int pixels = s.Height * s.Width, joined = 1;
        for (int candidate = 2; candidate <= s.Batch && candidate * pixels <= 1024; candidate++)
        {
            joined = s.Batch % candidate == 0 ? candidate : joined;
        }

        return s with { Batch = s.Batch / joined, Height = 1, Width = pixels * joined };
    }
}
