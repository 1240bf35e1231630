using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;

namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>
/// The gemv family: linear layers of few rows, where every weight is used once or a few times and reading them is the work. Weights are kept in as few
/// bits as they have and lie in the order they are read.
/// </summary>
internal abstract class GemvConv<L, V> : IntegerConvKernel
    where L : struct, IGemvLanes<V>
    where V : struct
{
    public sealed override string Family => KernelRegistry.GemvFamily;

    public sealed override Isa Isa => L.Isa;

    public sealed override bool Handles(in ConvShape shape, RangeProof proof)
        => shape is { KernelHeight: 1, KernelWidth: 1, Stride: 1, Padding: 0, Groups: 1 };
}
