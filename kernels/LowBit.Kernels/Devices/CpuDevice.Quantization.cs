using LowBit.Kernels.FakeQuantization;

namespace LowBit.Kernels.Devices;

/// <content>Quantizers with an interval of their own.</content>
public sealed unsafe partial class CpuDevice
{
    /// <inheritdoc/>
    public override void IntervalQuantForward<TRounding>(in FakeQuantShape shape, DeviceBuffer x, DeviceBuffer grid, DeviceBuffer y)
    {
        RunPieces(new FakeQuantChunks(in shape), new IntervalQuantKernel<TRounding>(
            shape, Data(x, shape.Count), Data(grid, shape.Channels * IntervalGrid.Length), Data(y, shape.Count)));
        Keep(x, grid, y);
    }

    /// <inheritdoc/>
    public override void IntervalQuantBackward<TRounding, TSlope>(
        in FakeQuantShape shape, TSlope slope, DeviceBuffer x, DeviceBuffer grid, DeviceBuffer gy, DeviceBuffer? gx, bool accumulate, DeviceBuffer? sums)
    {
        var chunks = new FakeQuantChunks(in shape);
        using var scratch = new NativeScratch((long)chunks.PieceCount * IntervalGrid.SumCount * sizeof(double));
        double* partials = sums is null ? null : (double*)scratch.Pointer;
        RunPieces(in chunks, new IntervalQuantBackwardKernel<TRounding, TSlope>(
            shape, slope, Data(x, shape.Count), Data(grid, shape.Channels * IntervalGrid.Length), Data(gy, shape.Count), DataOrNull(gx, shape.Count), accumulate, partials));
        if (sums is not null)
        {
            Total(in chunks, shape.Channels, IntervalGrid.SumCount, partials, Data(sums, shape.Channels * IntervalGrid.SumCount));
        }

        Keep(x, grid, gy, gx, sums);
    }

    /// <inheritdoc/>
    public override void ShrinkForward(in FakeQuantShape shape, DeviceBuffer x, DeviceBuffer grid, DeviceBuffer y)
    {
        RunPieces(new FakeQuantChunks(in shape), new ShrinkKernel(Data(x, shape.Count), Data(grid, shape.Channels * ShrinkGrid.Length), Data(y, shape.Count)));
        Keep(x, grid, y);
    }

    /// <inheritdoc/>
    public override void ShrinkBackward(in FakeQuantShape shape, DeviceBuffer x, DeviceBuffer grid, DeviceBuffer gy, DeviceBuffer? gx, DeviceBuffer sums)
    {
        var chunks = new FakeQuantChunks(in shape);
        using var scratch = new NativeScratch((long)chunks.PieceCount * ShrinkGrid.SumCount * sizeof(double));
        double* partials = (double*)scratch.Pointer;
        RunPieces(in chunks, new ShrinkBackwardKernel(
            Data(x, shape.Count), Data(grid, shape.Channels * ShrinkGrid.Length), Data(gy, shape.Count), DataOrNull(gx, shape.Count), partials));
        Total(in chunks, shape.Channels, ShrinkGrid.SumCount, partials, Data(sums, shape.Channels * ShrinkGrid.SumCount));
        Keep(x, grid, gy, gx, sums);
    }

    private void RunPieces<TKernel>(in FakeQuantChunks chunks, in TKernel kernel)
        where TKernel : struct, IPieceKernel
        => Launch.Chunks(chunks.ChunkCount, new PieceChunks<TKernel>(kernel, chunks));

    private static void Total(in FakeQuantChunks chunks, int channels, int count, double* partials, float* sums)
    {
        for (int channel = 0; channel < channels; channel++)
        {
            for (int k = 0; k < count; k++)
            {
                sums[(channel * count) + k] = (float)Total(in chunks, channel, count, partials + k);
            }
        }
    }

    // One of several sums of each piece, over the pieces of a channel in their order: neither threads nor vectors change it.
    private static double Total(in FakeQuantChunks chunks, int channel, int count, double* partials)
    {
        double sum = 0;
        for (int piece = 0; piece < chunks.Pieces; piece++)
        {
            sum += partials[((channel * chunks.Pieces) + piece) * count];
        }

        return sum;
    }
}
