using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Reductions;
using LowBit.Kernels.Rng;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Devices;

/// <content>Filling, element-wise operations and reductions.</content>
public sealed unsafe partial class CpuDevice
{
    /// <inheritdoc/>
    public override void Fill(int count, float value, DeviceBuffer y)
    {
        Launch.Elements(count, new FillKernel(value, Data(y, count)));
        Keep(y);
    }

    /// <inheritdoc/>
    public override void Copy(int count, DeviceBuffer x, DeviceBuffer y)
    {
        Launch.Elements(count, new CopyKernel(Data(x, count), Data(y, count)));
        Keep(x, y);
    }

    /// <inheritdoc/>
    public override void FillUniform(int count, float low, float high, PhiloxKey key, DeviceBuffer y)
    {
        var kernel = new RandomKernel(count, low, high, isNormal: false, key, Data(y, count));
        Launch.Chunks(kernel.ChunkCount, in kernel);
        Keep(y);
    }

    /// <inheritdoc/>
    public override void FillNormal(int count, float mean, float standardDeviation, PhiloxKey key, DeviceBuffer y)
    {
        var kernel = new RandomKernel(count, mean, standardDeviation, isNormal: true, key, Data(y, count));
        Launch.Chunks(kernel.ChunkCount, in kernel);
        Keep(y);
    }

    /// <inheritdoc/>
    public override void Unary<TOp>(int count, DeviceBuffer x, DeviceBuffer y)
    {
        Launch.Elements(count, new UnaryKernel<TOp>(Data(x, count), Data(y, count)));
        Keep(x, y);
    }

    /// <inheritdoc/>
    public override void UnaryBackward<TOp>(int count, DeviceBuffer? kept, DeviceBuffer gy, DeviceBuffer gx)
    {
        float* keptData = TOp.Keeps == Keeps.Nothing ? Data(gy, count) : Data(kept!, count);
        Launch.Elements(count, new UnaryBackwardKernel<TOp>(keptData, Data(gy, count), Data(gx, count)));
        Keep(kept, gy, gx);
    }

    /// <inheritdoc/>
    public override void Binary<TOp>(int count, DeviceBuffer a, DeviceBuffer b, DeviceBuffer y)
    {
        Launch.Elements(count, new BinaryKernel<TOp>(Data(a, count), Data(b, count), Data(y, count)));
        Keep(a, b, y);
    }

    /// <inheritdoc/>
    public override void BinaryBackward<TOp>(int count, DeviceBuffer? a, DeviceBuffer? b, DeviceBuffer gy, DeviceBuffer? ga, DeviceBuffer? gb)
    {
        float* g = Data(gy, count);
        float* aData = TOp.KeepsInputs ? Data(a!, count) : g;
        float* bData = TOp.KeepsInputs ? Data(b!, count) : g;
        if (ga is not null)
        {
            Launch.Elements(count, new BinaryBackwardKernel<TOp, SideA>(aData, bData, g, Data(ga, count)));
        }

        if (gb is not null)
        {
            Launch.Elements(count, new BinaryBackwardKernel<TOp, SideB>(aData, bData, g, Data(gb, count)));
        }

        Keep(a, b, gy, ga, gb);
    }

    /// <inheritdoc/>
    public override void Accumulate(int count, float alpha, DeviceBuffer x, DeviceBuffer y)
    {
        Launch.Elements(count, new AccumulateKernel(alpha, Data(x, count), Data(y, count)));
        Keep(x, y);
    }

    /// <inheritdoc/>
    public override void Scale(int count, float alpha, DeviceBuffer x, DeviceBuffer y)
    {
        Launch.Elements(count, new ScaleKernel(alpha, Data(x, count), Data(y, count)));
        Keep(x, y);
    }

    /// <inheritdoc/>
    public override void AddRowVector(int rows, int columns, DeviceBuffer x, DeviceBuffer v, DeviceBuffer y)
    {
        if (rows == 0 || columns == 0)
        {
            return;
        }

        var folded = new FoldedColumns(rows, columns);
        using var scratch = new NativeScratch(folded.Width * sizeof(float));
        float* vector = (float*)scratch.Pointer;
        folded.Replicate(Vector(v, columns), vector);
        RunColumns(folded, new AddColumnsKernel(Data(x, folded.Count), vector, Data(y, folded.Count)));
        Keep(x, v, y);
    }

    /// <inheritdoc/>
    public override void SumRows(int rows, int columns, DeviceBuffer x, DeviceBuffer gv)
    {
        if (rows == 0 || columns == 0)
        {
            return;
        }

        var folded = new FoldedColumns(rows, columns);
        using var scratch = new NativeScratch((folded.BlockCount * 2L * folded.Width * sizeof(float)) + (2L * columns * sizeof(double)));
        double* sums = (double*)scratch.Pointer;
        float* partials = (float*)(sums + (2L * columns));
        Launch.Chunks(folded.BlockCount, new ColumnSumsKernel<PlainColumnSum>(new PlainColumnSum(Data(x, folded.Count)), folded, partials));
        ColumnTotals.Combine(in folded, partials, sums, null);
        float* target = Data(gv, columns);
        for (int c = 0; c < columns; c++)
        {
            target[c] += (float)sums[c];
        }

        Keep(x, gv);
    }

    /// <inheritdoc/>
    public override double Reduce<TOp>(int count, DeviceBuffer x)
    {
        int chunks = Launcher.ChunkCount(count, ReduceKernel<TOp>.ElementsPerChunk);
        using var scratch = new NativeScratch(chunks * sizeof(double));
        double* partials = (double*)scratch.Pointer;
        Launch.Chunks(chunks, new ReduceKernel<TOp>(Data(x, count), (nuint)count, partials));
        double total = TOp.Identity;
        for (int i = 0; i < chunks; i++)
        {
            total = TOp.Combine(total, partials[i]);
        }

        Keep(x);
        return total;
    }

    private void RunColumns<TKernel>(in FoldedColumns folded, in TKernel kernel)
        where TKernel : struct, IColumnKernel
    {
        var chunks = new ColumnChunks<TKernel>(kernel, folded);
        Launch.Chunks(chunks.Count, in chunks);
    }
}
