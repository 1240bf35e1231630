using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>One way to compute integer convolutions: a packed layout and the loops that read it. Stateless.</summary>
public abstract class IntegerConvKernel
{
    /// <summary>The family word of keys, for example <c>conv</c> or <c>depthwise</c>.</summary>
    public abstract string Family { get; }

    /// <summary>The tile words of keys, for example <c>16x16c4</c>: pixels × outputs, products per step; <c>reference</c> for the oracle.</summary>
    public abstract string Tile { get; }

    /// <summary>The instruction set it needs.</summary>
    public abstract Isa Isa { get; }

    /// <summary>True when the sizes are among those this kernel computes.</summary>
    /// <param name="shape">Sizes asked for.</param>
    public abstract bool Handles(in ConvShape shape);

    /// <summary>Family, tile and instruction set, for example <c>conv_16x16c4__avx512</c>: a registry name without the widths.</summary>
    public sealed override string ToString() => $"{Family}_{Tile}__{CpuFeatures.Word(Isa)}";

    internal abstract PackedConvWeights Pack(in ConvShape shape, ReadOnlySpan<sbyte> weights, RangeProof proof);

    internal abstract long ScratchBytes(in ConvShape shape, RangeProof proof, int threads);

    internal abstract void Run(in IntegerConvArguments arguments, WorkerPool pool);
}
