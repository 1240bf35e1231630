using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>One way to compute integer convolutions: a packed layout and the loops that read it. Stateless.</summary>
public abstract class IntegerConvKernel
{
    /// <summary>The family word of keys, for example <c>dot8</c> or <c>depthwise</c>.</summary>
    public abstract string Family { get; }

    /// <summary>The tile words of keys, for example <c>16x16c4</c>: pixels × outputs, products per step; <c>reference</c> for the oracle.</summary>
    public abstract string Tile { get; }

    /// <summary>The instruction set it needs.</summary>
    public abstract Isa Isa { get; }

    /// <summary>True when this CPU has every instruction of the kernel and no switch forbids them.</summary>
    public virtual bool IsSupported => CpuFeatures.IsSupported(Isa);

    /// <summary>True when the kernel is registered under a pair of widths.</summary>
    /// <param name="weightBits">Width of the weight codes, 1 to 8; 1 means −1 and +1 only.</param>
    /// <param name="activationBits">Width of the activation codes, 1 to 8.</param>
    public abstract bool Serves(int weightBits, int activationBits);

    /// <summary>True when the kernel computes these sizes exactly for every code that the proof admits.</summary>
    /// <param name="shape">Sizes asked for.</param>
    /// <param name="proof">The layer's proof.</param>
    public abstract bool Handles(in ConvShape shape, RangeProof proof);

    /// <summary>
    /// The static cost model: core cycles of one thread for the whole layer, packing of activations and requantization included. Calibrated
    /// once by measurement; what matters is the order of the kernels, and a measured table takes precedence over it.
    /// </summary>
    /// <param name="shape">Sizes, the batch included.</param>
    /// <param name="proof">The layer's proof.</param>
    public abstract double EstimateCycles(in ConvShape shape, RangeProof proof);

    /// <summary>Family, tile and instruction set, for example <c>dot8_16x16c4__avx512</c>: a registry name without the widths.</summary>
    public sealed override string ToString() => $"{Family}_{Tile}__{CpuFeatures.Word(Isa)}";

    internal abstract PackedConvWeights Pack(in ConvShape shape, ReadOnlySpan<sbyte> weights, RangeProof proof);

    internal abstract long ScratchBytes(in ConvShape shape, RangeProof proof, int threads);

    internal abstract void Run(in IntegerConvArguments arguments, WorkerPool pool);
}
