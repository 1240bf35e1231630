using System.Runtime.InteropServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>
/// Integer convolutions and, as 1×1 convolutions, linear layers: <c>acc[n, y, x, o] = Σ w[o, i, j, c] · a[n, y·s + i − p, x·s + j − p, c]</c>
/// in int32, followed by the requantization rule of each view. The result is the same on every instruction set and thread count.
/// </summary>
public static unsafe class IntegerConv
{
    /// <summary>Checks weights and brings them into the order of the kernel that is the cheapest by the static cost model.</summary>
    /// <param name="shape">Sizes; the batch only decides which kernel is the cheapest, any batch may be run.</param>
    /// <param name="weights">Codes <c>[OutChannels, KernelHeight, KernelWidth, InChannels / Groups]</c>.</param>
    /// <param name="proof">The proof for these codes: its range must contain all of them and its length must be the shape's.</param>
    /// <param name="isa">The widest instruction set to use; it must be supported.</param>
    /// <exception cref="ArgumentException">Sizes, codes and proof do not belong together.</exception>
    /// <exception cref="PlatformNotSupportedException">This CPU lacks the instruction set.</exception>
    public static PackedConvWeights Pack(in ConvShape shape, ReadOnlySpan<sbyte> weights, RangeProof proof, Isa isa)
    {
        ArgumentNullException.ThrowIfNull(proof);
        return Pack(shape, weights, proof, KernelRegistry.Find(shape, proof, isa));
    }

    /// <summary>As <see cref="Pack(in ConvShape, ReadOnlySpan{sbyte}, RangeProof, Isa)"/>, for a kernel taken from the registry.</summary>
    /// <param name="shape">Sizes; the batch is ignored.</param>
    /// <param name="weights">Codes <c>[OutChannels, KernelHeight, KernelWidth, InChannels / Groups]</c>.</param>
    /// <param name="proof">The proof for these codes.</param>
    /// <param name="kernel">The kernel.</param>
    /// <exception cref="ArgumentException">Sizes, codes, proof and kernel do not belong together, or the kernel does not serve the proof's widths.</exception>
    /// <exception cref="PlatformNotSupportedException">This CPU lacks the kernel's instruction set.</exception>
    public static PackedConvWeights Pack(in ConvShape shape, ReadOnlySpan<sbyte> weights, RangeProof proof, IntegerConvKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(kernel);
        shape.Validate();
        if (weights.Length != shape.WeightLength)
        {
            throw new ArgumentException($"{shape} needs {shape.WeightLength} weight codes, got {weights.Length}", nameof(weights));
        }

        if (proof.ReductionLength != shape.ReductionLength)
        {
            throw new ArgumentException($"the range proof is for sums of {proof.ReductionLength} products, the layer sums {shape.ReductionLength}", nameof(proof));
        }

        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] < proof.MinWeight || weights[i] > proof.MaxWeight || (proof.IsBipolar && weights[i] == 0))
            {
                throw new ArgumentException(
                    $"weight code {weights[i]} at index {i} is outside the proved range {(proof.IsBipolar ? "-1 or 1" : $"{proof.MinWeight} to {proof.MaxWeight}")}", nameof(weights));
            }
        }

        if (!kernel.IsSupported)
        {
            throw new PlatformNotSupportedException($"this CPU cannot run {kernel}");
        }

        if (!kernel.Serves(proof.WeightBits, proof.ActivationBits))
        {
            throw new ArgumentException(
                $"the {kernel.Family} kernel does not serve {proof.WeightBits}-bit weights with {proof.ActivationBits}-bit activations; take one of KernelRegistry.Candidates", nameof(kernel));
        }

        if (!kernel.Handles(shape, proof))
        {
            throw new ArgumentException($"the {kernel.Family} kernel does not compute {shape} with {proof}", nameof(kernel));
        }

        return kernel.Pack(shape, weights, proof);
    }

    /// <summary>
    /// Bytes of working memory of a call. For every batch from 1 to n the larger of the figures for 1 and for n is enough.
    /// </summary>
    /// <param name="shape">Sizes, the batch included.</param>
    /// <param name="weights">The packed weights.</param>
    /// <param name="threads">Threads of the pool that will run it.</param>
    public static long ScratchBytes(in ConvShape shape, PackedConvWeights weights, int threads)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return weights.Kernel.ScratchBytes(shape, weights.Proof, threads);
    }

    /// <summary>Computes a convolution. Allocates no managed memory.</summary>
    /// <param name="arguments">The operands.</param>
    /// <param name="pool">Threads; how many there are never changes a bit.</param>
    /// <exception cref="ArgumentException">The operands do not belong together.</exception>
    public static void Run(in IntegerConvArguments arguments, WorkerPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        Check(arguments);
        if (arguments.Scratch != null)
        {
            arguments.Weights.Kernel.Run(arguments, pool);
            return;
        }

        long bytes = ScratchBytes(arguments.Shape, arguments.Weights, pool.ThreadCount);
        byte* scratch = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 64), 64);
        try
        {
            var withScratch = new IntegerConvArguments
            {
                Shape = arguments.Shape,
                Weights = arguments.Weights,
                Input = arguments.Input,
                PaddingCode = arguments.PaddingCode,
                Epilogues = arguments.Epilogues,
                Accumulators = arguments.Accumulators,
                Scratch = scratch,
            };
            arguments.Weights.Kernel.Run(withScratch, pool);
        }
        finally
        {
            NativeMemory.AlignedFree(scratch);
        }
    }

    private static void Check(in IntegerConvArguments arguments)
    {
        PackedConvWeights weights = arguments.Weights ?? throw new ArgumentException("a convolution needs packed weights", nameof(arguments));
        _ = weights.Data;
        ConvShape shape = arguments.Shape;
        if (shape with { Batch = 1, Height = weights.Shape.Height, Width = weights.Shape.Width } != weights.Shape)
        {
            throw new ArgumentException($"the weights were packed for {weights.Shape}, not for {shape}", nameof(arguments));
        }

        shape.Validate();
        if (arguments.Input == null)
        {
            throw new ArgumentException("the input pointer is null", nameof(arguments));
        }

        if (arguments.PaddingCode > weights.Proof.MaxActivation)
        {
            throw new ArgumentException(
                $"padding code {arguments.PaddingCode} is above the largest activation {weights.Proof.MaxActivation} of the range proof", nameof(arguments));
        }

        int views = arguments.Epilogues?.Length ?? 0;
        if (views == 0 && arguments.Accumulators == null)
        {
            throw new ArgumentException("a convolution needs at least one output", nameof(arguments));
        }

        for (int i = 0; i < views; i++)
        {
            ref readonly Epilogue view = ref arguments.Epilogues![i];
            if (view.Table is null || (view.Codes == null && view.Words == null))
            {
                throw new ArgumentException($"view {i} has no rule or no destination", nameof(arguments));
            }

            if (view.Table.Channels != shape.OutChannels)
            {
                throw new ArgumentException($"view {i} has a rule for {view.Table.Channels} channels, the convolution has {shape.OutChannels}", nameof(arguments));
            }
        }
    }
}
