using LowBit.Kernels.Devices;

namespace LowBit.Kernels.Tests.Convolutions;

/// <summary>A convolution and why it is in the table.</summary>
internal sealed record ConvCase(string Why, ConvShape Shape)
{
    public static readonly ConvCase[] All =
    [
        new("one product", new(1, 1, 1, 1, 1, 1, 1, 1, 0)),
        new("first layer: three channels, rows in one step", new(2, 9, 7, 3, 16, 3, 3, 1, 1)),
        new("first layer of LeNet: one channel, edge panel of 6", new(3, 12, 12, 1, 6, 5, 5, 1, 2)),
        new("second layer of LeNet: no padding, frame not copied", new(2, 14, 14, 6, 16, 5, 5, 1, 0)),
        new("ResNet 16 to 16 on 32 columns: two tiles of 16 rows", new(1, 8, 32, 16, 16, 3, 3, 1, 1)),
        new("ResNet 16 to 32, stride 2 on an even size", new(2, 8, 8, 16, 32, 3, 3, 2, 1)),
        new("stride 2 on an odd size: unequal phases", new(2, 9, 11, 5, 7, 3, 3, 2, 1)),
        new("stride 3 with a 2x2 kernel: a phase without taps", new(2, 9, 10, 4, 4, 2, 2, 3, 0)),
        new("stride 2 of a 1x1 kernel: three phases without taps", new(2, 7, 7, 8, 24, 1, 1, 2, 0)),
        new("rows at the end that no window reaches", new(1, 8, 10, 3, 5, 3, 3, 4, 0)),
        new("7x7, stride 2, padding 3", new(1, 17, 13, 5, 20, 7, 7, 2, 3)),
        new("7x7, stride 2, one channel: joined kernel rows", new(2, 15, 18, 1, 20, 7, 7, 2, 3)),
        new("joined rows of unequal sides", new(2, 9, 11, 1, 9, 2, 5, 3, 1)),
        new("joined rows, one column", new(2, 5, 1, 1, 3, 3, 1, 1, 0)),
        new("kernel as large as the padded image: one output", new(2, 3, 3, 8, 10, 5, 5, 1, 1)),
        new("long kernel", new(1, 6, 9, 4, 9, 1, 5, 1, 0)),
        new("tall kernel", new(1, 9, 6, 4, 9, 5, 1, 1, 0)),
        new("1x1 over many pixels: images joined to longer rows", new(6, 3, 3, 40, 33, 1, 1, 1, 0)),
        new("1x1 with a prime batch", new(7, 2, 2, 17, 16, 1, 1, 1, 0)),
        new("sum cut by kernel rows: 64 channels", new(1, 8, 8, 64, 64, 3, 3, 1, 1)),
        new("sum cut within a kernel row: 130 channels", new(1, 5, 6, 130, 20, 3, 3, 1, 1)),
        new("one channel more than a panel of two vectors", new(1, 6, 6, 8, 33, 3, 3, 1, 1)),
        new("one channel less than a vector", new(1, 6, 6, 15, 15, 3, 3, 1, 1)),
        new("tiles of unequal rows: 29 columns", new(1, 3, 29, 6, 32, 3, 3, 1, 1)),
        new("small images grouped in chunks", new(40, 4, 4, 3, 5, 3, 3, 1, 1)),
        new("few outputs, long sums, several images in one register tile", new(5, 4, 4, 32, 16, 3, 3, 1, 1)),
        new("a frame larger than a band", new(1, 60, 66, 32, 3, 3, 3, 1, 1)),
        new("a frame larger than a band, stride 2", new(1, 61, 66, 32, 2, 3, 3, 2, 1)),
        new("weights beyond the second-level cache: a panel over several images", new(3, 4, 4, 130, 140, 3, 3, 1, 1)),
        new("the same without padding: frames within the images", new(2, 5, 5, 150, 130, 3, 3, 1, 0)),
        new("the same, two kernel rows in a block, one over", new(2, 4, 3, 256, 80, 3, 3, 1, 1)),
        new("the same, more frames than a group holds", new(3, 60, 60, 130, 140, 3, 3, 4, 1)),
        new("one column less than two tiles of three taps", new(1, 4, 31, 5, 16, 3, 3, 1, 1)),
        new("one column more than two tiles of three taps", new(1, 4, 33, 5, 16, 3, 3, 1, 1)),
        new("three taps, one column", new(2, 5, 1, 16, 12, 3, 3, 1, 1)),
        new("three taps, 64 channels", new(1, 3, 17, 64, 16, 3, 3, 1, 1)),
        new("three taps, 32 channels, flat kernel", new(1, 3, 16, 32, 10, 1, 3, 1, 0)),
        new("gradient of a tap over several images, one image over", new(11, 4, 4, 13, 32, 3, 3, 1, 1)),
        new("gradient of a tap over rows, one row over", new(2, 9, 16, 15, 16, 3, 3, 1, 1)),
        new("kernel rows that meet no pixel", new(2, 1, 9, 29, 16, 3, 3, 1, 1)),
        new("kernel columns that meet no pixel", new(2, 9, 1, 28, 48, 3, 3, 1, 1)),
        new("taps inside, stride 2, odd size", new(3, 7, 9, 8, 16, 5, 3, 2, 2)),
        new("two groups of whole vectors", new(2, 5, 6, 32, 32, 3, 3, 1, 1, 2)),
        new("two groups", new(2, 7, 7, 8, 24, 3, 3, 2, 1, 2)),
        new("three groups of 1x1", new(2, 5, 5, 9, 6, 1, 1, 1, 0, 3)),
        new("one input channel per group, two outputs: no depthwise", new(2, 5, 5, 4, 8, 3, 3, 1, 1, 4)),
        new("depthwise, less than a vector", new(3, 8, 8, 6, 6, 3, 3, 1, 1, 6)),
        new("depthwise, odd channels, stride 2", new(2, 9, 7, 37, 37, 3, 3, 2, 1, 37)),
        new("depthwise, one channel less than a vector", new(1, 5, 7, 15, 15, 3, 3, 1, 1, 15)),
        new("depthwise, a vector, four columns inside", new(2, 4, 6, 16, 16, 3, 3, 1, 1, 16)),
        new("depthwise, one channel and one column more", new(2, 4, 7, 17, 17, 3, 3, 1, 1, 17)),
        new("depthwise, three columns inside, no padding", new(1, 5, 5, 33, 33, 3, 3, 1, 0, 33)),
        new("depthwise, one column", new(1, 6, 1, 20, 20, 3, 3, 1, 1, 20)),
        new("depthwise, one row, flat kernel", new(1, 1, 9, 31, 31, 1, 3, 1, 0, 31)),
        new("depthwise 5x5, stride 3", new(2, 9, 7, 32, 32, 5, 5, 3, 2, 32)),
        new("depthwise 1x1", new(1, 5, 5, 16, 16, 1, 1, 1, 0, 16)),
    ];

    public override string ToString() => $"{Why} ({Shape})";
}
