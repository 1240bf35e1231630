using LowBit.Kernels.Devices;
using LowBit.Kernels.Elementwise;
using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Optimizers;
using LowBit.Kernels.Reductions;
using LowBit.Kernels.Rng;
using LowBit.Kernels.Threading;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Kernels.Tests.Devices;

/// <summary>Memory, limits and misuse of the CPU device.</summary>
public class CpuDeviceTests
{
    [Fact]
    public void Memory_is_flat_after_the_first_step()
    {
        using var device = new CpuDevice(new WorkerPool(2));
        Step(device);
        MemoryStatistics first = device.Memory;
        Assert.Equal(0, first.InUse);
        Assert.True(first.Peak > 0 && first.Pooled > 0);
        for (int i = 0; i < 50; i++)
        {
            Step(device);
        }

        Assert.Equal(first, device.Memory);
        device.Trim();
        Assert.Equal(first with { Pooled = 0 }, device.Memory);
    }

    [Fact]
    public void A_step_allocates_handles_only()
    {
        using var device = new CpuDevice(new WorkerPool(2));

        // Eight buffer handles a step, below 100 bytes each.
        Assert.InRange(Allocations.Least(() => Step(device)), 0, 8 * 100);
    }

    // One layer's worth of operations, forward and back.
    private static void Step(CpuDevice device)
    {
        const int rows = 4000, channels = 16, count = rows * channels;
        DeviceBuffer[] big = [device.Allocate(count * 4), device.Allocate(count * 4), device.Allocate(count * 4)];
        DeviceBuffer[] small = [device.Allocate(64), device.Allocate(64), device.Allocate(64), device.Allocate(64), device.Allocate(64)];
        device.FillUniform(count, -1, 1, new PhiloxKey(1, 1), big[0]);
        foreach (DeviceBuffer buffer in small)
        {
            device.Fill(channels, 0.5f, buffer);
        }

        device.Fill(count, 0, big[2]);
        device.BatchNormForward(rows, channels, big[0], small[0], small[1], 1e-5f, 0.1f, small[1], small[2], small[3], small[4], big[1]);
        device.Unary<Relu>(count, big[1], big[1]);
        device.FakeQuantBackward<RoundHalfEven, StraightThrough>(new FakeQuantShape(1, count, 0, 15), big[1], small[0], big[0], 1, big[2], true, small[2]);
        device.BatchNormBackward(rows, channels, big[0], big[1], small[0], small[3], small[4], big[2], small[1], small[2]);
        device.SgdStep(count, new SgdOptions(0.1f, 0.9f, 1e-4f, false, true), big[2], big[1], big[0]);
        _ = device.Reduce<Sum>(count, big[0]);
        Array.ForEach(big, static b => b.Release());
        Array.ForEach(small, static b => b.Release());
    }

    [Fact]
    public void Statistics_are_exact()
    {
        using var device = new CpuDevice();
        DeviceBuffer a = device.Allocate(0), b = device.Allocate(100), c = device.Allocate(5000);
        Assert.Equal(64 + 128 + 5120, device.Memory.InUse);
        c.Release();
        Assert.Equal(new MemoryStatistics(64 + 128, 5120, 64 + 128 + 5120, 3), device.Memory);
        DeviceBuffer d = device.Allocate(4900);
        Assert.Equal(new MemoryStatistics(64 + 128 + 5120, 0, 64 + 128 + 5120, 3), device.Memory);
        a.Release();
        b.Release();
        d.Release();
        Assert.Equal(0, device.Memory.InUse);
    }

    [Fact]
    public void Blocks_are_aligned_and_at_most_a_quarter_larger_than_asked()
    {
        for (long length = 0; length < 1L << 40; length = (length * 9 / 8) + 1)
        {
            long capacity = NativeMemoryPool.Capacity(length);
            Assert.InRange(capacity, Math.Max(64, length), Math.Max(64, Math.Max(length + 63, length * 5 / 4)));
            Assert.Equal(capacity, NativeMemoryPool.Capacity(capacity));
        }

        using var device = new CpuDevice();
        foreach (int length in new[] { 1, 100, 5000, 3 << 20 })
        {
            DeviceBuffer buffer = device.Allocate(length);
            Assert.Equal(0, Address(buffer) % 64);
            buffer.Release();
        }
    }

    [Fact]
    public void A_buffer_lives_until_its_last_user_released_it()
    {
        using var device = new CpuDevice();
        DeviceBuffer buffer = device.Allocate(16);
        Assert.Same(buffer, buffer.Share());
        buffer.Release();
        device.Fill(4, 2, buffer);
        buffer.Release();
        Assert.True(buffer.IsReleased);
        Assert.Throws<ObjectDisposedException>(() => device.Fill(4, 2, buffer));
        Assert.Throws<ObjectDisposedException>(buffer.Release);
        Assert.Throws<ObjectDisposedException>(() => buffer.Share());
    }

    [Fact]
    public void Forgotten_buffers_come_back()
    {
        using var device = new CpuDevice();
        Forget(device);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(0, device.Memory.InUse);
        Assert.Equal(4096 * 10, device.Memory.Pooled);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Forget(CpuDevice device)
        {
            for (int i = 0; i < 10; i++)
            {
                device.Fill(4, 1, device.Allocate(4096));
            }
        }
    }

    [Fact]
    public void Uploads_and_downloads_check_lengths()
    {
        using var device = new CpuDevice();
        DeviceBuffer buffer = device.Allocate(8);
        Assert.Throws<ArgumentException>(() => device.Upload<float>(new float[3], buffer));
        Assert.Throws<ArgumentException>(() => device.Download(buffer, new float[3].AsSpan()));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Allocate(-1));
        buffer.Release();
    }

    [Fact]
    public void Buffers_that_are_too_short_are_refused()
    {
        using var device = new CpuDevice();
        DeviceBuffer four = device.Allocate(16), five = device.Allocate(20);
        ArgumentException e = Assert.Throws<ArgumentException>(() => device.Unary<Relu>(5, five, four));
        Assert.Contains("5 elements got a buffer of 4", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => device.Fill(5, 0, four));
        Assert.Throws<ArgumentException>(() => device.SumRows(1, 5, five, four));
        Assert.Throws<ArgumentException>(() => device.Gemm(new GemmShape(1, 1, 5), five, four, four, accumulate: false));
        Assert.Throws<ArgumentException>(() => device.FakeQuantForward<RoundHalfEven>(new FakeQuantShape(5, 1, 0, 3), five, four, five));
        four.Release();
        five.Release();
    }

    [Fact]
    public void A_wrong_label_is_refused_by_row()
    {
        using var device = new CpuDevice();
        DeviceBuffer[] b = [device.Allocate(80), device.Allocate(8), device.Allocate(80), device.Allocate(8)];
        foreach (int wrong in new[] { -1, 10 })
        {
            device.Upload<int>([3, wrong], b[1]);
            ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => device.CrossEntropyForward(2, 10, b[0], b[1], 0, b[2], b[3]));
            Assert.Contains("row 1", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Several_threads_may_use_one_device()
    {
        const int count = 100_000;
        using var pool = new WorkerPool(3);
        using var device = new CpuDevice(pool);
        float[][] results = new float[4][];
        Thread[] callers = [.. Enumerable.Range(0, results.Length).Select(caller => new Thread(() =>
        {
            DeviceBuffer x = device.Allocate(count * 4), y = device.Allocate(count * 4);
            for (int i = 0; i < 30; i++)
            {
                device.FillNormal(count, 0, 1, new PhiloxKey(7, 7), x);
                device.Unary<Silu>(count, x, y);
                device.Fill(1, (float)device.Reduce<SumOfSquares>(count, y), y);
            }

            results[caller] = new float[count];
            device.Download<float>(y, results[caller]);
            x.Release();
            y.Release();
        }))];
        Array.ForEach(callers, static t => t.Start());
        Array.ForEach(callers, static t => t.Join());
        Assert.All(results, r => Assert.Equal(results[0], r));
        Assert.Equal(0, device.Memory.InUse);
    }

    [Fact]
    public void The_name_tells_instruction_set_and_threads()
    {
        using var pool = new WorkerPool(1);
        using var device = new CpuDevice(pool, Isa.Scalar);
        Assert.Equal("cpu (scalar, 1 thread)", device.Name);
        Assert.Equal(CpuFeatures.Best, CpuDevice.Shared.Isa);
        Assert.Same(CpuDevice.Shared, CpuDevice.Shared);
    }

    private static unsafe long Address(DeviceBuffer buffer) => (long)CpuDevice.Pointer(buffer);
}
