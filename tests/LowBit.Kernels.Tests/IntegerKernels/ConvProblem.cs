using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Requantization;
using LowBit.Kernels.Threading;
using Xunit;

namespace LowBit.Kernels.Tests.IntegerKernels;

/// <summary>Operands of one convolution and the reference's answer to it.</summary>
internal sealed unsafe class ConvProblem : IDisposable
{
    private readonly sbyte[] _weights;
    private readonly GuardedBuffer<byte> _input;
    private readonly GuardedBuffer<byte> _residual;
    private readonly byte _padding;
    private readonly RequantizeTable _plain;
    private readonly RequantizeTable _withResidual;
    private readonly RequantizeTable _words;
    private readonly RequantizeTable _few;
    private readonly Outputs _expected;

    public ConvProblem(ConvShape shape, int weightBits, int activationBits, Fill fill, int seed = 1)
        : this(shape, Prove(shape, weightBits, activationBits), fill, seed)
    {
    }

    public ConvProblem(ConvShape shape, RangeProof proof, Fill fill, int seed = 1)
    {
        Shape = shape;
        var random = new Random(seed);
        int low = proof.MinWeight, high = proof.MaxWeight, top = proof.MaxActivation;
        _weights = new sbyte[shape.WeightLength];
        _input = new GuardedBuffer<byte>(shape.InputLength);
        _residual = new GuardedBuffer<byte>(shape.OutputLength);
        for (int i = 0; i < _weights.Length; i++)
        {
            int code = fill switch
            {
                Fill.AllMin => low,
                Fill.AllMax => high,
                Fill.Alternating => i % 2 == 0 ? low : high,
                _ => proof.IsBipolar ? (2 * random.Next(2)) - 1 : random.Next(low, high + 1),
            };
            _weights[i] = (sbyte)code;
        }

        // The largest activation meets the smallest weight too: that is the negative corner.
        for (int i = 0; i < _input.Length; i++)
        {
            _input.Span[i] = (byte)(fill is Fill.Random ? random.Next(top + 1) : top);
        }

        random.NextBytes(_residual.Span);
        _padding = (byte)(fill is Fill.Random ? random.Next(top + 1) : top);
        Proof = proof;
        (_plain, _withResidual, _words) = Tables(shape.OutChannels, Proof, random);
        _few = FewCodes(shape.OutChannels, proof.ActivationBits, Proof, random);
        _expected = Compute(KernelRegistry.Reference, WorkerPool.Shared);
    }

    public ConvShape Shape { get; }

    public RangeProof Proof { get; }

    /// <summary>The proof of a problem of full-range codes.</summary>
    public static RangeProof Prove(in ConvShape shape, int weightBits, int activationBits)
        => RangeProof.Create(weightBits, (1 << activationBits) - 1, shape.ReductionLength);

    /// <summary>Asserts that a kernel gives the reference's integers, in all kinds of outputs, and writes nothing else.</summary>
    public void AssertEqual(IntegerConvKernel kernel, WorkerPool pool, string name)
    {
        using Outputs actual = Compute(kernel, pool);
        AssertEqual(_expected.Accumulators, actual.Accumulators, $"{name} {Shape} accumulators");
        AssertEqual(_expected.Codes, actual.Codes, $"{name} {Shape} codes");
        AssertEqual(_expected.Few, actual.Few, $"{name} {Shape} few codes");
        AssertEqual(_expected.Second, actual.Second, $"{name} {Shape} codes with residual");
        AssertEqual(_expected.Words, actual.Words, $"{name} {Shape} words");
    }

    public void Dispose()
    {
        _input.Dispose();
        _residual.Dispose();
        _expected.Dispose();
    }

    private static void AssertEqual<T>(GuardedBuffer<T> expected, GuardedBuffer<T> actual, string what)
        where T : unmanaged, IEquatable<T>
    {
        actual.Check(what);
        int at = expected.Span.CommonPrefixLength(actual.Span);
        Assert.True(at == expected.Length, at == expected.Length ? what : $"{what}: element {at} is {actual.Span[at]}, the reference has {expected.Span[at]}");
    }

    private static (RequantizeTable Plain, RequantizeTable Residual, RequantizeTable Words) Tables(int channels, RangeProof proof, Random random)
    {
        int[] m = new int[channels], r = new int[channels], n = new int[channels], wordShift = new int[channels];
        long[] b = new long[channels];
        for (int c = 0; c < channels; c++)
        {
            double scale = (0.2 + random.NextDouble()) * 200 / Math.Max(proof.MaxMagnitude, 1);
            (m[c], n[c]) = Requantizer.FixedPoint(scale);
            r[c] = random.Next(int.MaxValue);
            b[c] = (1L << (n[c] - 1)) + random.NextInt64(-(1L << n[c]) * 20, (1L << n[c]) * 20);
            wordShift[c] = Math.Max(n[c] - 24, 0);
        }

        return (new RequantizeTable(m, b, n, 0, 255), new RequantizeTable(m, b, n, 3, 200, r), new RequantizeTable(m, b, wordShift, int.MinValue, int.MaxValue));
    }

    // As many results as activations have codes; scales from "every step of the sum is a result" to "all sums give one result".
    private static RequantizeTable FewCodes(int channels, int bits, RangeProof proof, Random random)
    {
        int[] m = new int[channels], n = new int[channels];
        long[] b = new long[channels];
        int low = bits < 8 ? random.Next(3) : 0;
        for (int c = 0; c < channels; c++)
        {
            double spread = Math.Pow(2, random.NextDouble() * 18) / Math.Max(proof.MaxMagnitude, 1);
            (m[c], n[c]) = Requantizer.FixedPoint(c % 7 == 6 ? 0 : Math.Min(spread, 4));
            b[c] = (1L << (n[c] - 1)) + random.NextInt64(-(1L << n[c]) * 3, 1L << Math.Min(n[c] + bits, 60));
        }

        return new RequantizeTable(m, b, n, low, low + (1 << bits) - 1);
    }

    private Outputs Compute(IntegerConvKernel kernel, WorkerPool pool)
    {
        var outputs = new Outputs(Shape.OutputLength);
        using PackedConvWeights packed = IntegerConv.Pack(Shape, _weights, Proof, kernel);
        using var scratch = new GuardedBuffer<byte>(IntegerConv.ScratchBytes(Shape, packed, pool.ThreadCount));
        IntegerConv.Run(
            new IntegerConvArguments
            {
                Shape = Shape,
                Weights = packed,
                Input = _input.Pointer,
                PaddingCode = _padding,
                Accumulators = outputs.Accumulators.Pointer,
                Epilogues =
                [
                    new Epilogue(_few, outputs.Few.Pointer),
                    new Epilogue(_plain, outputs.Codes.Pointer),
                    new Epilogue(_withResidual, outputs.Second.Pointer, _residual.Pointer),
                    new Epilogue(_words, outputs.Words.Pointer),
                ],
                Scratch = scratch.Pointer,
            },
            pool);
        scratch.Check("scratch");
        return outputs;
    }

    private sealed class Outputs(long length) : IDisposable
    {
        public GuardedBuffer<int> Accumulators { get; } = new(length);

        public GuardedBuffer<byte> Codes { get; } = new(length);

        public GuardedBuffer<byte> Few { get; } = new(length);

        public GuardedBuffer<byte> Second { get; } = new(length);

        public GuardedBuffer<int> Words { get; } = new(length);

        public void Dispose()
        {
            Accumulators.Dispose();
            Codes.Dispose();
            Few.Dispose();
            Second.Dispose();
            Words.Dispose();
        }
    }
}
