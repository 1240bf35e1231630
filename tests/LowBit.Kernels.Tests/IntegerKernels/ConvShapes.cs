using LowBit.Kernels.Devices;

namespace LowBit.Kernels.Tests.IntegerKernels;

/// <summary>Sizes 1, block − 1, block, block + 1, two blocks and a tail, and primes, in every direction.</summary>
internal static class ConvShapes
{
    public static ConvShape[] All { get; } =
    [
        new(1, 1, 1, 1, 1, 1, 1, 1, 0),
        new(2, 1, 1, 67, 10, 1, 1, 1, 0),
        new(17, 1, 1, 128, 33, 1, 1, 1, 0),
        new(1, 3, 3, 3, 15, 3, 3, 1, 1),
        new(1, 5, 7, 16, 16, 3, 3, 1, 1),
        new(2, 6, 5, 17, 17, 3, 3, 1, 1),
        new(1, 9, 37, 5, 9, 3, 3, 1, 1),
        new(1, 11, 11, 7, 24, 3, 3, 2, 1),
        new(2, 8, 8, 31, 4, 1, 1, 2, 0),
        new(1, 13, 14, 1, 6, 5, 5, 1, 2),
        new(1, 15, 15, 3, 8, 7, 7, 2, 3),
        new(1, 10, 10, 8, 8, 2, 3, 3, 1),
        new(1, 6, 31, 12, 20, 3, 3, 1, 1, 4),
        new(1, 7, 7, 6, 10, 1, 1, 1, 0, 2),
        new(1, 4, 30, 32, 40, 3, 3, 1, 0),
    ];

    /// <summary>The shapes of tests that visit every key; each family computes at least one.</summary>
    public static ConvShape[] Few { get; } =
    [
        new(1, 4, 17, 9, 17, 3, 3, 1, 1), new(3, 1, 1, 150, 19, 1, 1, 1, 0), new(1, 4, 6, 17, 17, 3, 3, 1, 1, 17),
    ];

    public static ConvShape[] Depthwise { get; } =
    [
        new(1, 3, 3, 2, 2, 3, 3, 1, 1, 2),
        new(2, 5, 6, 15, 15, 3, 3, 1, 1, 15),
        new(1, 7, 9, 16, 16, 3, 3, 2, 1, 16),
        new(1, 9, 5, 17, 17, 3, 3, 1, 1, 17),
        new(1, 8, 11, 37, 37, 5, 5, 1, 2, 37),
        new(1, 6, 6, 64, 64, 2, 2, 2, 0, 64),
        new(1, 5, 5, 33, 33, 1, 1, 1, 0, 33),
        new(1, 6, 7, 131, 131, 3, 3, 1, 1, 131),
        new(2, 12, 17, 19, 19, 3, 3, 2, 1, 19),
        new(1, 9, 31, 35, 35, 3, 3, 2, 0, 35),
        new(1, 4, 140, 3, 3, 3, 3, 2, 1, 3),
    ];
}
