using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Requantization;
using LowBit.Kernels.Threading;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Kernels.Tests.IntegerKernels;

/// <summary>What a convolution refuses, and what a call may cost.</summary>
public unsafe class ConvArgumentsTests
{
    private static readonly ConvShape s_shape = new(1, 4, 4, 4, 6, 3, 3, 1, 1);

    [Fact]
    public void Packing_refuses_what_the_proof_does_not_cover()
    {
        sbyte[] weights = new sbyte[s_shape.WeightLength];
        RangeProof proof = RangeProof.Create(-3, 3, 15, s_shape.ReductionLength);
        using (PackedConvWeights packed = IntegerConv.Pack(s_shape, weights, proof, CpuFeatures.Best))
        {
            Assert.Equal(s_shape, packed.Shape);
        }

        Assert.Throws<ArgumentException>(() => IntegerConv.Pack(s_shape, weights.AsSpan(1), proof, Isa.Scalar));
        Assert.Throws<ArgumentException>(() => IntegerConv.Pack(s_shape with { InChannels = 8 }, new sbyte[2 * weights.Length], proof, Isa.Scalar));
        Assert.Throws<ArgumentException>(() => IntegerConv.Pack(s_shape, weights, RangeProof.Create(-3, 3, 15, 1), KernelRegistry.Reference));
        Assert.Throws<ArgumentException>(() => IntegerConv.Pack(s_shape, weights, proof, KernelRegistry.Get(new KernelKey("depthwise", 3, 4, Isa.Scalar))));
        weights[5] = 4;
        ArgumentException e = Assert.Throws<ArgumentException>(() => IntegerConv.Pack(s_shape, weights, proof, Isa.Scalar));
        Assert.Contains("weight code 4 at index 5", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_refuses_operands_that_do_not_belong_together()
    {
        RangeProof proof = RangeProof.Create(-3, 3, 15, s_shape.ReductionLength);
        PackedConvWeights packed = IntegerConv.Pack(s_shape, new sbyte[s_shape.WeightLength], proof, CpuFeatures.Best);
        using var x = new GuardedBuffer<byte>(s_shape.InputLength);
        using var y = new GuardedBuffer<int>(s_shape.OutputLength);
        x.Span.Clear();
        var few = new Epilogue(new RequantizeTable([1], [0], [1], 0, 255), y.Pointer);
        var good = new IntegerConvArguments { Shape = s_shape, Weights = packed, Input = x.Pointer, Accumulators = y.Pointer };
        IntegerConv.Run(good, WorkerPool.Shared);
        Assert.All(y.Span.ToArray(), sum => Assert.Equal(0, sum));

        Throws(new IntegerConvArguments { Shape = s_shape with { OutChannels = 7 }, Weights = packed, Input = x.Pointer, Accumulators = y.Pointer });
        Throws(new IntegerConvArguments { Shape = s_shape, Weights = packed, Input = null, Accumulators = y.Pointer });
        Throws(new IntegerConvArguments { Shape = s_shape, Weights = packed, Input = x.Pointer });
        Throws(new IntegerConvArguments { Shape = s_shape, Weights = packed, Input = x.Pointer, Accumulators = y.Pointer, PaddingCode = 16 });
        Throws(new IntegerConvArguments { Shape = s_shape, Weights = packed, Input = x.Pointer, Epilogues = [few] });
        Throws(new IntegerConvArguments { Shape = s_shape, Weights = packed, Input = x.Pointer, Epilogues = [default] });
        packed.Dispose();
        packed.Dispose();
        IntegerConvArguments after = good;
        Assert.Throws<ObjectDisposedException>(() => IntegerConv.Run(after, WorkerPool.Shared));
    }

    [Fact]
    public void A_run_allocates_no_managed_memory()
    {
        using var alone = new WorkerPool(1);
        using var pool = new WorkerPool(2);
        foreach (ConvShape shape in (ConvShape[])[new(2, 16, 16, 16, 24, 3, 3, 1, 1), new(2, 16, 16, 24, 24, 3, 3, 1, 1, 24), new(5, 1, 1, 40, 10, 1, 1, 1, 0)])
        {
            using var trial = new ConvTrial(shape, CpuFeatures.Best, pool.ThreadCount);

            // Alone first: whatever is made once in a process is then made by this thread, not in the middle of the count.
            trial.Run(alone);
            Assert.Equal(0, Allocations.Least(() => trial.Run(pool)));
            Assert.Equal(Math.Min(shape.ReductionLength, 255), trial.Output[0]);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(4, 3)]
    [InlineData(8, 8)]
    public void Working_memory_of_a_smaller_batch_is_covered(int weightBits, int activationBits)
    {
        var random = new Random(9);
        for (int i = 0; i < 200; i++)
        {
            int size = i % 4 == 0 ? 1 : random.Next(1, 40), kernel = Math.Min(random.Next(1, 4), size), full = random.Next(2, 40);
            var shape = new ConvShape(1, size, size, random.Next(1, 70), random.Next(1, 150), kernel, kernel, random.Next(1, 3), random.Next(kernel));
            if (i % 8 == 7)
            {
                shape = shape with { OutChannels = shape.InChannels, Groups = shape.InChannels };
            }

            // What IntegerConv.ScratchBytes asks, without packing weights for every kernel.
            RangeProof proof = ConvProblem.Prove(shape, weightBits, activationBits);
            foreach (IntegerConvKernel body in KernelRegistry.Candidates(shape, proof, CpuFeatures.Best))
            {
                long enough = Math.Max(body.ScratchBytes(shape, proof, 3), body.ScratchBytes(shape with { Batch = full }, proof, 3));
                for (int batch = 1; batch < full; batch++)
                {
                    long needed = body.ScratchBytes(shape with { Batch = batch }, proof, 3);
                    Assert.True(needed <= enough, $"{body} {shape}: a batch of {batch} needs {needed} bytes, 1 and {full} need {enough}");
                }
            }
        }
    }

    [Fact]
    public void Packing_refuses_a_kernel_that_does_not_serve_the_widths()
    {
        var dense = new ConvShape(1, 1, 1, 64, 64, 1, 1, 1, 0);
        var depthwise = new ConvShape(1, 3, 3, 16, 16, 3, 3, 1, 1, 16);
        int unserved = 0;
        foreach (IntegerConvKernel kernel in KernelRegistry.Kernels)
        {
            ConvShape shape = kernel.Family == KernelRegistry.DepthwiseFamily ? depthwise : dense;
            var codes = new sbyte[shape.WeightLength];
            Array.Fill(codes, (sbyte)-1);
            for (int pair = 0; kernel.IsSupported && pair < 64; pair++)
            {
                (int weightBits, int activationBits) = ((pair / 8) + 1, (pair % 8) + 1);
                RangeProof proof = ConvProblem.Prove(shape, weightBits, activationBits);
                if (kernel.Serves(weightBits, activationBits))
                {
                    IntegerConv.Pack(shape, codes, proof, kernel).Dispose();
                    continue;
                }

                ArgumentException refusal = Assert.Throws<ArgumentException>(() => IntegerConv.Pack(shape, codes, proof, kernel));
                Assert.Contains($"{kernel.Family} kernel does not serve {weightBits}-bit weights with {activationBits}-bit activations", refusal.Message, StringComparison.Ordinal);
                unserved++;
            }
        }

        Assert.True(unserved > 0 || CpuFeatures.Best == Isa.Scalar);
    }

    private static void Throws(IntegerConvArguments arguments) => Assert.ThrowsAny<ArgumentException>(() => IntegerConv.Run(arguments, WorkerPool.Shared));

    [Fact]
    public void A_bipolar_proof_admits_no_zero_weight()
    {
        RangeProof proof = RangeProof.Create(1, 3, s_shape.ReductionLength);
        var weights = new sbyte[s_shape.WeightLength];
        Array.Fill(weights, (sbyte)-1);
        IntegerConv.Pack(s_shape, weights, proof, Isa.Scalar).Dispose();
        weights[^1] = 0;
        Assert.Contains("-1 or 1", Assert.Throws<ArgumentException>(() => IntegerConv.Pack(s_shape, weights, proof, Isa.Scalar)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => RangeProof.Create(-2, 1, 3, 1, isBipolar: true));
        Assert.Equal(2, RangeProof.Create(-1, 1, 3, 1).WeightBits);
        Assert.Equal(1, RangeProof.Create(-1, 1, 3, 1, isBipolar: true).WeightBits);
    }
}
