namespace LowBit.Kernels.Tests.Devices;

/// <summary>Sizes with reasons.</summary>
internal static class TestSizes
{
    /// <summary>Nothing, one, around every vector width and its fourfold, primes, around one chunk, several chunks and a tail.</summary>
    public static readonly int[][] Flat =
    [
        [0], [1], [3], [4], [5], [7], [8], [9], [15], [16], [17], [31], [33], [63], [64], [65], [127], [257], [1009], [16383], [16384], [16385], [49999],
    ];

    /// <summary>The same, with fewer sizes for costly oracles.</summary>
    public static readonly int[][] FlatFew = [[0], [1], [5], [16], [17], [67], [1009], [16385], [70001]];

    /// <summary>For reductions, whose chunks are longer: several of them, so that their order matters.</summary>
    public static readonly int[][] FlatLong = [.. Flat, [65535], [65536], [65537], [270_001]];

    /// <summary>Rows and channels: single, narrow, odd, wide, beyond the folding limit, several blocks of rows.</summary>
    public static readonly int[][] Columns =
    [
        [1, 1], [2, 3], [5, 16], [7, 10], [64, 33], [129, 64], [3, 257], [1, 300], [1000, 16], [4099, 16], [37, 100], [70, 1024], [20011, 1],
    ];

    /// <summary>Rows and classes.</summary>
    public static readonly int[][] Rows = [[1, 1], [1, 2], [3, 10], [128, 10], [5, 16], [4, 17], [2, 1000], [1031, 7], [40, 100]];
}
