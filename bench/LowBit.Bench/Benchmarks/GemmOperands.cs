using LowBit.Bench.Shapes;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.MatrixProducts;
using LowBit.Kernels.Threading;

namespace LowBit.Bench.Benchmarks;

/// <summary>Operands of one matrix product.</summary>
internal sealed unsafe class GemmOperands(GemmShape shape, WorkerPool pool, Isa isa) : IDisposable
{
    private readonly NativeArray<float> _a = New((long)shape.M * shape.K);
    private readonly NativeArray<float> _b = New((long)shape.N * shape.K);
    private readonly NativeArray<float> _c = New((long)shape.M * shape.N);

    public void Multiply() => Sgemm.Multiply(shape, _a.Pointer, _b.Pointer, _c.Pointer, accumulate: false, pool, isa);

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
        _c.Dispose();
    }

    private static NativeArray<float> New(long length) => new(length, static random => (random.NextSingle() * 2) - 1);
}
