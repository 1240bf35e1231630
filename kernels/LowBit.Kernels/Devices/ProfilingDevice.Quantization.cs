using LowBit.Kernels.FakeQuantization;
using static System.Diagnostics.Stopwatch;

namespace LowBit.Kernels.Devices;

/// <content>Quantizers with an interval of their own.</content>
public sealed partial class ProfilingDevice
{
    /// <inheritdoc/>
    public override void IntervalQuantForward<TRounding>(in FakeQuantShape shape, DeviceBuffer x, DeviceBuffer grid, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.IntervalQuantForward<TRounding>(in shape, In(x), In(grid), In(y));
        Count(start, "fake quant forward", $"interval {TRounding.Name}", 2.0 * shape.Count);
    }

    /// <inheritdoc/>
    public override void IntervalQuantBackward<TRounding, TSlope>(
        in FakeQuantShape shape, TSlope slope, DeviceBuffer x, DeviceBuffer grid, DeviceBuffer gy, DeviceBuffer? gx, bool accumulate, DeviceBuffer? sums)
    {
        long start = GetTimestamp();
        inner.IntervalQuantBackward<TRounding, TSlope>(in shape, slope, In(x), In(grid), In(gy), InOrNull(gx), accumulate, InOrNull(sums));
        Count(start, "fake quant backward", $"interval {TSlope.Name}", (accumulate ? 4.0 : 3.0) * shape.Count);
    }

    /// <inheritdoc/>
    public override void ShrinkForward(in FakeQuantShape shape, DeviceBuffer x, DeviceBuffer grid, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.ShrinkForward(in shape, In(x), In(grid), In(y));
        Count(start, "shrink", "forward", 2.0 * shape.Count);
    }

    /// <inheritdoc/>
    public override void ShrinkBackward(in FakeQuantShape shape, DeviceBuffer x, DeviceBuffer grid, DeviceBuffer gy, DeviceBuffer? gx, DeviceBuffer sums)
    {
        long start = GetTimestamp();
        inner.ShrinkBackward(in shape, In(x), In(grid), In(gy), InOrNull(gx), In(sums));
        Count(start, "shrink", "backward", 4.0 * shape.Count);
    }
}
