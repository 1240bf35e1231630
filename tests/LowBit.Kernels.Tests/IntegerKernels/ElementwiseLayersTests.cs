using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Requantization;
using LowBit.Kernels.Threading;
using Xunit;

namespace LowBit.Kernels.Tests.IntegerKernels;

/// <summary>Pools, additions and shortcuts on codes, against their formulas.</summary>
public unsafe class ElementwiseLayersTests
{
    public static TheoryData<PoolShape> Pools =>
    [
        new PoolShape(1, 1, 1, 1, 1, 1, 1),
        new PoolShape(2, 6, 7, 15, 2, 2, 2),
        new PoolShape(1, 7, 5, 16, 3, 3, 2, 1),
        new PoolShape(1, 9, 9, 37, 3, 2, 1, 1),
        new PoolShape(3, 4, 4, 67, 4, 4, 4),
        new PoolShape(2, 28, 28, 6, 2, 2, 2),
        new PoolShape(1, 11, 13, 1, 2, 2, 2),
        new PoolShape(1, 8, 8, 64, 8, 8, 1),
        new PoolShape(1, 5, 6, 23, 5, 3, 1, 1),
        new PoolShape(1, 4, 700, 12, 2, 3, 2, 1),
        new PoolShape(1, 3, 9000, 1, 3, 2, 3, 1),
        new PoolShape(1, 20, 20, 3, 20, 20, 1),
        new PoolShape(1, 2, 3, 9000, 2, 2, 1),
    ];

    [Theory]
    [MemberData(nameof(Pools))]
    public void Pools_equal_their_formulas(PoolShape s)
    {
        var random = new Random(3);
        using var x = new GuardedBuffer<byte>(s.InputLength);
        using var maximum = new GuardedBuffer<byte>(s.OutputLength);
        using var sums = new GuardedBuffer<int>(s.OutputLength);
        random.NextBytes(x.Span);
        const byte Padding = 7;
        IntegerPool.Max(s, x.Pointer, maximum.Pointer, WorkerPool.Shared);
        IntegerPool.Sum(s, x.Pointer, Padding, sums.Pointer, WorkerPool.Shared);
        maximum.Check("max pool");
        sums.Check("sum pool");
        int at = 0;
        for (int n = 0; n < s.Batch; n++)
        {
            for (int oy = 0; oy < s.OutHeight; oy++)
            {
                for (int ox = 0; ox < s.OutWidth; ox++)
                {
                    for (int c = 0; c < s.Channels; c++)
                    {
                        int best = 0, sum = 0;
                        for (int k = 0; k < s.KernelHeight * s.KernelWidth; k++)
                        {
                            int y = (oy * s.Stride) + (k / s.KernelWidth) - s.Padding, xx = (ox * s.Stride) + (k % s.KernelWidth) - s.Padding;
                            bool inside = y >= 0 && y < s.Height && xx >= 0 && xx < s.Width;
                            int code = inside ? x.Span[(((((n * s.Height) + y) * s.Width) + xx) * s.Channels) + c] : 0;
                            best = Math.Max(best, code);
                            sum += inside ? code : Padding;
                        }

                        Assert.Equal(best, maximum.Span[at]);
                        Assert.Equal(sum, sums.Span[at]);
                        at++;
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 15)]
    [InlineData(65, 16)]
    [InlineData(130, 37)]
    public void Additions_and_requantizations_equal_the_rule(int rows, int channels)
    {
        var random = new Random(rows);
        int[] m = new int[channels], r = new int[channels], n = new int[channels];
        long[] b = new long[channels];
        for (int c = 0; c < channels; c++)
        {
            (m[c], r[c], n[c], b[c]) = (random.Next(1 << 30, int.MaxValue), random.Next(), 30 + random.Next(3), random.NextInt64(-(1L << 38), 1L << 38));
        }

        var add = new RequantizeTable(m, b, n, 1, 250, r);
        var scale = new RequantizeTable(m, b, n, 0, 255);
        var words = new RequantizeTable(m, b, n, int.MinValue, int.MaxValue);
        int length = rows * channels;
        using var x = new GuardedBuffer<byte>(length);
        using var z = new GuardedBuffer<byte>(length);
        using var sums = new GuardedBuffer<int>(length);
        using var sum = new GuardedBuffer<byte>(length);
        using var scaled = new GuardedBuffer<byte>(length);
        using var wide = new GuardedBuffer<int>(length);
        random.NextBytes(x.Span);
        random.NextBytes(z.Span);
        for (int i = 0; i < length; i++)
        {
            sums.Span[i] = i % 3 == 0 ? (i % 2 == 0 ? int.MinValue : int.MaxValue) : random.Next(-1000, 1000);
        }

        IntegerAdd.Run(rows, channels, x.Pointer, z.Pointer, add, sum.Pointer, WorkerPool.Shared);
        IntegerAdd.Requantize(rows, channels, x.Pointer, new Epilogue(scale, scaled.Pointer), WorkerPool.Shared);
        IntegerAdd.Requantize(rows, channels, sums.Pointer, new Epilogue(words, wide.Pointer), WorkerPool.Shared);
        sum.Check("sum");
        scaled.Check("scaled");
        wide.Check("words");
        for (int i = 0; i < length; i++)
        {
            int c = i % channels;
            Assert.Equal(Requantizer.Apply(x.Span[i], m[c], z.Span[i], r[c], b[c], n[c], 1, 250), sum.Span[i]);
            Assert.Equal(Requantizer.Apply(x.Span[i], m[c], b[c], n[c], 0, 255), scaled.Span[i]);
            Assert.Equal(Requantizer.Apply(sums.Span[i], m[c], b[c], n[c], int.MinValue, int.MaxValue), wide.Span[i]);
        }
    }

    [Fact]
    public void The_shortcut_subsamples_and_pads_channels()
    {
        var s = new ShortcutShape(2, 5, 4, 3, 8, 2);
        using var x = new GuardedBuffer<byte>(s.Batch * s.Height * s.Width * s.InChannels);
        using var y = new GuardedBuffer<byte>(s.Batch * s.OutHeight * s.OutWidth * s.OutChannels);
        new Random(1).NextBytes(x.Span);
        IntegerShortcut.Run(s, x.Pointer, 9, y.Pointer, WorkerPool.Shared);
        y.Check("shortcut");
        for (int i = 0; i < y.Length; i++)
        {
            int c = (i % s.OutChannels) - s.Before, pixel = i / s.OutChannels;
            int ox = pixel % s.OutWidth, oy = pixel / s.OutWidth % s.OutHeight, n = pixel / (s.OutWidth * s.OutHeight);
            int expected = c >= 0 && c < s.InChannels ? x.Span[(((((n * s.Height) + (oy * s.Stride)) * s.Width) + (ox * s.Stride)) * s.InChannels) + c] : 9;
            Assert.Equal(expected, y.Span[i]);
        }
    }

    [Fact]
    public void Wrong_operands_are_refused()
    {
        using var x = new GuardedBuffer<byte>(4);
        using var sums = new GuardedBuffer<int>(4);
        byte* p = x.Pointer;
        int* words = sums.Pointer;
        var plain = new RequantizeTable([1, 1], [0, 0], [1, 1], 0, 255);
        Assert.Throws<ArgumentException>(() => IntegerAdd.Run(2, 2, p, p, plain, p, WorkerPool.Shared));
        Assert.Throws<ArgumentException>(() => IntegerAdd.Requantize(1, 4, p, new Epilogue(plain, p), WorkerPool.Shared));
        Assert.Throws<ArgumentException>(() => new Epilogue(new RequantizeTable([1], [0], [1], -1, 255), p));
        Assert.Throws<ArgumentException>(() => IntegerShortcut.Run(new ShortcutShape(1, 1, 1, 4, 2, 1), p, 0, p, WorkerPool.Shared));
        Assert.Throws<ArgumentException>(() => IntegerPool.Sum(new PoolShape(1, 10_000, 10_000, 1, 10_000, 10_000, 1), p, 0, words, WorkerPool.Shared));
    }
}
