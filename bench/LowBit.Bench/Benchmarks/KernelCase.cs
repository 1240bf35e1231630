using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Tuning;

namespace LowBit.Bench.Benchmarks;

/// <summary>A kernel on a layer with the widths of its proof.</summary>
public sealed record KernelCase(NamedLayer Layer, RangeProof Proof, IntegerConvKernel Kernel)
{
    public override string ToString() => $"{Layer.Name} w{Proof.WeightBits}a{Proof.ActivationBits} {Kernel}";
}
