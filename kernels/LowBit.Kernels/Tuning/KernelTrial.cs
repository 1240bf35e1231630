using System.Runtime.InteropServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Requantization;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Tuning;

/// <summary>
/// One integer convolution with made-up operands and one byte view of its result, as a layer of a network has: what is timed to compare
/// kernels. Weights and activations are uniform over their ranges, from a fixed seed.
/// </summary>
public sealed unsafe class KernelTrial : IDisposable
{
    private const int Seed = 20261121;

    private readonly PackedConvWeights _weights;
    private readonly WorkerPool _pool;
    private readonly ConvShape _shape;
    private readonly Epilogue[] _epilogues;
    private byte* _input;
    private byte* _output;
    private byte* _scratch;

    /// <summary>Makes the operands.</summary>
    /// <param name="shape">Sizes, the batch included.</param>
    /// <param name="proof">The layer's proof: its ranges are those of the operands.</param>
    /// <param name="kernel">The kernel to run.</param>
    /// <param name="pool">Threads of every run.</param>
    /// <exception cref="ArgumentException">The kernel does not compute the layer.</exception>
    public KernelTrial(in ConvShape shape, RangeProof proof, IntegerConvKernel kernel, WorkerPool pool)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(pool);
        _shape = shape;
        _pool = pool;
        Kernel = kernel;
        var random = new Random(Seed);
        var weights = new sbyte[shape.WeightLength];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = (sbyte)(proof.IsBipolar ? (random.Next(2) * 2) - 1 : random.Next(proof.MinWeight, proof.MaxWeight + 1));
        }

        _weights = IntegerConv.Pack(shape, weights, proof, kernel);
        _input = Allocate(shape.InputLength);
        _output = Allocate(shape.OutputLength);
        _scratch = Allocate(IntegerConv.ScratchBytes(shape, _weights, pool.ThreadCount));
        for (long i = 0; i < shape.InputLength; i++)
        {
            _input[i] = (byte)random.Next(proof.MaxActivation + 1);
        }

        // Scales that spread the sums over the codes of the same width, each channel with its own and an offset, as layers have after folding.
        double scale = 1 / (Math.Max(Math.Max(proof.MaxWeight, -proof.MinWeight), 1) * Math.Sqrt(shape.ReductionLength));
        int[] multipliers = new int[shape.OutChannels], shifts = new int[shape.OutChannels];
        var offsets = new long[shape.OutChannels];
        for (int c = 0; c < shape.OutChannels; c++)
        {
            (multipliers[c], shifts[c]) = Requantizer.FixedPoint(scale * (0.5 + random.NextDouble()));
            offsets[c] = (long)((0.5 + (random.NextDouble() * proof.MaxActivation / 4)) * Math.Pow(2, shifts[c]));
        }

        var table = new RequantizeTable(multipliers, offsets, shifts, 0, proof.MaxActivation);
        _epilogues = [new Epilogue(table, _output)];
    }

    /// <summary>Gives the memory back when <see cref="Dispose"/> was forgotten.</summary>
    ~KernelTrial() => Free();

    /// <summary>The kernel that runs.</summary>
    public IntegerConvKernel Kernel { get; }

    /// <summary>Computes the layer once, requantization included.</summary>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(_input == null, this);
        IntegerConv.Run(
            new IntegerConvArguments { Shape = _shape, Weights = _weights, Input = _input, Epilogues = _epilogues, Scratch = _scratch }, _pool);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        Free();
        GC.SuppressFinalize(this);
    }

    private static byte* Allocate(long bytes) => (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 64), 64);

    private void Free()
    {
        NativeMemory.AlignedFree(_input);
        NativeMemory.AlignedFree(_output);
        NativeMemory.AlignedFree(_scratch);
        _input = null;
        _output = null;
        _scratch = null;
    }
}
