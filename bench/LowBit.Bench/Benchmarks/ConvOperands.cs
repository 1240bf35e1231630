using LowBit.Bench.Shapes;
using LowBit.Kernels.Convolutions;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Bench.Benchmarks;

/// <summary>Operands of one fp32 convolution and its three products.</summary>
internal sealed unsafe class ConvOperands(ConvShape shape, WorkerPool pool, Isa isa) : IDisposable
{
    private readonly NativeArray<float> _x = New(shape.InputLength);
    private readonly NativeArray<float> _w = New(shape.WeightLength);
    private readonly NativeArray<float> _y = New(shape.OutputLength);
    private readonly NativeArray<float> _gy = New(shape.OutputLength);
    private readonly NativeArray<float> _gx = New(shape.InputLength);
    private readonly NativeArray<float> _gw = New(shape.WeightLength);

    public void Forward() => Conv2d.Forward(shape, _x.Pointer, _w.Pointer, null, _y.Pointer, pool, isa);

    public void BackwardInput() => Conv2d.BackwardInput(shape, _gy.Pointer, _w.Pointer, _gx.Pointer, accumulate: true, pool, isa);

    public void BackwardWeights() => Conv2d.BackwardWeights(shape, _x.Pointer, _gy.Pointer, _gw.Pointer, pool, isa);

    public void Dispose()
    {
        _x.Dispose();
        _w.Dispose();
        _y.Dispose();
        _gy.Dispose();
        _gx.Dispose();
        _gw.Dispose();
    }

    private static NativeArray<float> New(long length) => new(length, static random => (random.NextSingle() * 2) - 1);
}
