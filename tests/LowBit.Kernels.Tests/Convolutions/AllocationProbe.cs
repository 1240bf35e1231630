using LowBit.Kernels.Convolutions;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Tests.IntegerKernels;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Tests.Convolutions;

/// <summary>Buffers of one convolution and a step that runs all three products without allocating itself.</summary>
internal sealed unsafe class AllocationProbe(ConvShape shape) : IDisposable
{
    private readonly GuardedBuffer<float> _x = Zeros(shape.InputLength);
    private readonly GuardedBuffer<float> _w = Zeros(shape.WeightLength);
    private readonly GuardedBuffer<float> _y = Zeros(shape.OutputLength);

    public void Step(WorkerPool pool, Isa isa)
    {
        Conv2d.Forward(shape, _x.Pointer, _w.Pointer, null, _y.Pointer, pool, isa);
        Conv2d.BackwardInput(shape, _y.Pointer, _w.Pointer, _x.Pointer, accumulate: true, pool, isa);
        Conv2d.BackwardWeights(shape, _x.Pointer, _y.Pointer, _w.Pointer, pool, isa);
    }

    public void Dispose()
    {
        _x.Dispose();
        _w.Dispose();
        _y.Dispose();
    }

    private static GuardedBuffer<float> Zeros(long length)
    {
        var buffer = new GuardedBuffer<float>(length);
        buffer.Span.Clear();
        return buffer;
    }
}
