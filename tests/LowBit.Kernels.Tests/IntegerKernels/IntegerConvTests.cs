using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;
using Xunit;

namespace LowBit.Kernels.Tests.IntegerKernels;

/// <summary>Every registered kernel that this CPU runs equals the reference, integer for integer.</summary>
public class IntegerConvTests
{
    public static TheoryData<string> SupportedKeys
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (KernelEntry entry in KernelRegistry.Entries)
            {
                if (entry.IsSupported)
                {
                    data.Add(entry.Key.ToString());
                }
            }

            return data;
        }
    }

    public static TheoryData<int, int> Pairs
    {
        get
        {
            var data = new TheoryData<int, int>();
            for (int w = 1; w <= 8; w++)
            {
                for (int a = 1; a <= 8; a++)
                {
                    data.Add(w, a);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(SupportedKeys))]
    public void Every_key_equals_the_reference_at_the_corners(string key)
    {
        KernelEntry entry = KernelRegistry.Entries.Single(e => e.Key.ToString() == key);
        int computed = 0;
        foreach (ConvShape shape in ConvShapes.Few)
        {
            if (!entry.Kernel.Handles(shape, ConvProblem.Prove(shape, entry.Key.WeightBits, entry.Key.ActivationBits)))
            {
                continue;
            }

            foreach (Fill fill in Enum.GetValues<Fill>())
            {
                using var problem = new ConvProblem(shape, entry.Key.WeightBits, entry.Key.ActivationBits, fill);
                problem.AssertEqual(entry.Kernel, WorkerPool.Shared, $"{entry.Name} {fill}");
            }

            computed++;
        }

        Assert.True(computed > 0, $"{entry.Name} computes none of the shapes that every key is tested with");
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(3, 5)]
    [InlineData(4, 4)]
    [InlineData(5, 8)]
    [InlineData(8, 7)]
    [InlineData(7, 8)]
    [InlineData(8, 8)]
    public void Every_shape_equals_the_reference_on_every_instruction_set(int weightBits, int activationBits)
    {
        foreach (ConvShape shape in (ConvShape[])[.. ConvShapes.All, .. ConvShapes.Depthwise])
        {
            foreach (Fill fill in (Fill[])[Fill.Alternating, Fill.Random])
            {
                using var problem = new ConvProblem(shape, weightBits, activationBits, fill);
                foreach (IntegerConvKernel kernel in KernelRegistry.Candidates(shape, problem.Proof, CpuFeatures.Best))
                {
                    problem.AssertEqual(kernel, WorkerPool.Shared, $"{kernel} {fill}");
                }
            }
        }
    }

    // Lengths around one and two fillings of the 16-bit sums; at the corners one step too many would overflow them.
    [Theory]
    [InlineData(4, 8)]
    [InlineData(5, 8)]
    [InlineData(6, 8)]
    [InlineData(8, 6)]
    [InlineData(6, 6)]
    public void Sums_are_widened_before_they_overflow(int weightBits, int activationBits)
    {
        int t = RangeProof.Create(weightBits, (1 << activationBits) - 1, 1).PairSumsInInt16;
        foreach (int steps in (int[])[t - 1, t, t + 1, 2 * t, (2 * t) + 1])
        {
            foreach (Fill fill in Enum.GetValues<Fill>())
            {
                using var problem = new ConvProblem(new ConvShape(13, 1, 1, 4 * steps, 40, 1, 1, 1, 0), weightBits, activationBits, fill);
                foreach (IntegerConvKernel kernel in KernelRegistry.Candidates(problem.Shape, problem.Proof, CpuFeatures.Best))
                {
                    problem.AssertEqual(kernel, WorkerPool.Shared, $"{kernel} {fill} {steps} steps");
                }
            }
        }
    }

    [Theory]
    [InlineData(1, 4, 8)]
    [InlineData(2, 4, 8)]
    [InlineData(3, 4, 8)]
    [InlineData(5, 4, 8)]
    [InlineData(2, 2, 2)]
    [InlineData(3, 1, 1)]
    public void The_thread_count_changes_nothing(int threads, int weightBits, int activationBits)
    {
        using var pool = new WorkerPool(threads);
        ConvShape[] shapes =
        [
            new(2, 32, 32, 16, 16, 3, 3, 1, 1), new(1, 16, 16, 24, 70, 3, 3, 1, 1), new(1, 7, 7, 64, 100, 3, 3, 1, 1),
            new(3, 15, 15, 40, 24, 1, 1, 1, 0), new(2, 1, 1, 260, 300, 1, 1, 1, 0), new(1, 20, 20, 48, 48, 3, 3, 1, 1, 48),
        ];
        foreach (ConvShape shape in shapes)
        {
            using var problem = new ConvProblem(shape, weightBits, activationBits, Fill.Random, 7);
            foreach (IntegerConvKernel kernel in KernelRegistry.Candidates(shape, problem.Proof, CpuFeatures.Best))
            {
                problem.AssertEqual(kernel, pool, $"{kernel}, {threads} threads");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_proof_says_exactly_when_pair_sums_saturate(int weightBits, int activationBits)
    {
        var proof = RangeProof.Create(weightBits, (1 << activationBits) - 1, 9);
        int t = proof.PairSumsInInt16;
        long worstNegative = 2L * proof.MaxActivation * proof.MinWeight, worstPositive = 2L * proof.MaxActivation * proof.MaxWeight;
        Assert.True(t * worstNegative >= short.MinValue && t * worstPositive <= short.MaxValue);
        Assert.True(t == short.MaxValue || (t + 1) * worstNegative < short.MinValue || (t + 1) * worstPositive > short.MaxValue);
        Assert.Equal(weightBits, proof.WeightBits);
        Assert.Equal(activationBits, proof.ActivationBits);
    }
}
