using System.Runtime.InteropServices;
using LowBit.Kernels.Codes;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Requantization;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>
/// One convolution with made-up operands and a requantized byte output, ready to be run again and again: what benchmarks and <c>lowbit bench</c>
/// measure. Operands cover the whole range of their widths.
/// </summary>
public sealed unsafe class IntegerConvTrial : IDisposable
{
    private readonly PackedConvWeights _weights;
    private readonly IntegerConvArguments _arguments;
    private byte* _memory;

    /// <summary>Makes the operands.</summary>
    /// <param name="shape">Sizes, the batch included.</param>
    /// <param name="weightBits">Width of the weight codes, 1 to 8.</param>
    /// <param name="activationBits">Width of the activation codes, 1 to 8.</param>
    /// <param name="isa">The widest instruction set to use.</param>
    /// <param name="threads">The most threads that will run it.</param>
    public IntegerConvTrial(in ConvShape shape, int weightBits, int activationBits, Isa isa, int threads)
    {
        if (activationBits is < 1 or > 8)
        {
            throw new ArgumentOutOfRangeException(nameof(activationBits), activationBits, "an activation code has 1 to 8 bits");
        }

        Proof = RangeProof.Create(weightBits, (1 << activationBits) - 1, shape.ReductionLength);
        sbyte[] codes = new sbyte[shape.WeightLength];
        int low = CodeStorage.LowestCode(weightBits), high = CodeStorage.HighestCode(weightBits);
        for (int i = 0; i < codes.Length; i++)
        {
            int code = low + (int)(Mix(i) % (uint)(high - low + 1));
            codes[i] = (sbyte)(weightBits == 1 && code == 0 ? 1 : code);
        }

        _weights = IntegerConv.Pack(shape, codes, Proof, isa);
        Operations = shape.Operations;
        Name = $"{_weights.Kernel.Family}_w{weightBits}a{activationBits}_i32_{_weights.Kernel.Tile}__{CpuFeatures.Word(_weights.Kernel.Isa)}";

        long input = Align(shape.InputLength), output = Align(shape.OutputLength), scratch = Align(IntegerConv.ScratchBytes(shape, _weights, threads));
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(input + output + scratch), 64);
        for (long i = 0; i < shape.InputLength; i++)
        {
            _memory[i] = (byte)(Mix(~i) & (uint)Proof.MaxActivation);
        }

        (int multiplier, int shift) = Requantizer.FixedPoint(255.0 / Math.Max(1, Proof.MaxMagnitude));
        int[] multipliers = new int[shape.OutChannels], shifts = new int[shape.OutChannels];
        long[] offsets = new long[shape.OutChannels];
        Array.Fill(multipliers, multiplier);
        Array.Fill(shifts, shift);
        Array.Fill(offsets, 1L << (shift - 1));
        _arguments = new IntegerConvArguments
        {
            Shape = shape,
            Weights = _weights,
            Input = _memory,
            Epilogues = [new Epilogue(new RequantizeTable(multipliers, offsets, shifts, 0, byte.MaxValue), _memory + input)],
            Scratch = _memory + input + output,
        };
    }

    /// <summary>Frees the operands when <see cref="Dispose"/> was forgotten.</summary>
    ~IntegerConvTrial() => Free();

    /// <summary>The kernel's key.</summary>
    public string Name { get; }

    /// <summary>Multiplications and additions of one run.</summary>
    public double Operations { get; }

    /// <summary>The proof for the made-up operands.</summary>
    public RangeProof Proof { get; }

    /// <summary>Computes the convolution once.</summary>
    /// <param name="pool">Threads, no more than the trial was made for.</param>
    public void Run(WorkerPool pool)
    {
        ObjectDisposedException.ThrowIf(_memory == null, this);
        IntegerConv.Run(_arguments, pool);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }

    private static long Align(long bytes) => (bytes + 127) & -64;

    // A multiplicative hash: repeatable, and without visible order.
    private static uint Mix(long i) => (uint)(((ulong)i * 0x9E3779B97F4A7C15UL) >> 40);
}
