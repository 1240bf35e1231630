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
    // Sizes 1, block − 1, block, block + 1, two blocks and a tail, and primes, in every direction.
    private static readonly ConvShape[] s_shapes =
    [
        new(1, 1, 1, 1, 1, 1, 1, 1, 0),
        new(2, 1, 1, 67, 10, 1, 1, 1, 0),
        new(17, 1, 1, 128, 33, 1, 1, 1, 0),
        new(1, 3, 3, 3, 15, 3, 3, 1, 1),
        new(1, 5, 7, 16, 16, 3, 3, 1, 1),
        new(2, 6, 5, 17, 17, 3, 3, 1, 1),
        new(1, 9, 37, 5, 9, 3, 3, 1, 1),
        new(1, 11, 11, 7, 24, 3, 3, 2, 1),
        new(2, 8, 8, 31, 4, 1, 1, 2, 0),
        new(1, 13, 14, 1, 6, 5, 5, 1, 2),
        new(1, 15, 15, 3, 8, 7, 7, 2, 3),
        new(1, 10, 10, 8, 8, 2, 3, 3, 1),
        new(1, 6, 31, 12, 20, 3, 3, 1, 1, 4),
        new(1, 7, 7, 6, 10, 1, 1, 1, 0, 2),
        new(1, 4, 30, 32, 40, 3, 3, 1, 0),
    ];

    private static readonly ConvShape[] s_few = [new(1, 4, 17, 9, 17, 3, 3, 1, 1), new(3, 1, 1, 150, 19, 1, 1, 1, 0)];

    private static readonly ConvShape[] s_depthwise =
    [
        new(1, 3, 3, 2, 2, 3, 3, 1, 1, 2),
        new(2, 5, 6, 15, 15, 3, 3, 1, 1, 15),
        new(1, 7, 9, 16, 16, 3, 3, 2, 1, 16),
        new(1, 9, 5, 17, 17, 3, 3, 1, 1, 17),
        new(1, 8, 11, 37, 37, 5, 5, 1, 2, 37),
        new(1, 6, 6, 64, 64, 2, 2, 2, 0, 64),
        new(1, 5, 5, 33, 33, 1, 1, 1, 0, 33),
    ];

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
        ConvShape[] shapes = entry.Key.Family == KernelRegistry.DepthwiseFamily ? s_depthwise[1..4] : s_few;
        foreach (ConvShape shape in shapes)
        {
            foreach (Fill fill in Enum.GetValues<Fill>())
            {
                using var problem = new ConvProblem(shape, entry.Key.WeightBits, entry.Key.ActivationBits, fill);
                problem.AssertEqual(entry.Kernel, WorkerPool.Shared, $"{entry.Name} {fill}");
            }
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(4, 4)]
    [InlineData(5, 8)]
    [InlineData(8, 7)]
    [InlineData(7, 8)]
    [InlineData(8, 8)]
    public void Every_shape_equals_the_reference_on_every_instruction_set(int weightBits, int activationBits)
    {
        foreach (ConvShape shape in (ConvShape[])[.. s_shapes, .. s_depthwise])
        {
            foreach (Fill fill in (Fill[])[Fill.Alternating, Fill.Random])
            {
                using var problem = new ConvProblem(shape, weightBits, activationBits, fill);
                foreach (Isa isa in CpuFeatures.Usable)
                {
                    IntegerConvKernel kernel = KernelRegistry.Find(shape, problem.Proof, isa);
                    problem.AssertEqual(kernel, WorkerPool.Shared, $"{kernel.Family} {kernel.Tile} {isa} {fill}");
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void The_thread_count_changes_nothing(int threads)
    {
        using var pool = new WorkerPool(threads);
        ConvShape[] shapes =
        [
            new(2, 32, 32, 16, 16, 3, 3, 1, 1), new(1, 16, 16, 24, 70, 3, 3, 1, 1), new(1, 7, 7, 64, 100, 3, 3, 1, 1),
            new(3, 15, 15, 40, 24, 1, 1, 1, 0), new(1, 20, 20, 48, 48, 3, 3, 1, 1, 48),
        ];
        foreach (ConvShape shape in shapes)
        {
            using var problem = new ConvProblem(shape, 4, 8, Fill.Random, 7);
            foreach (Isa isa in CpuFeatures.Usable)
            {
                problem.AssertEqual(KernelRegistry.Find(shape, problem.Proof, isa), pool, $"{isa}, {threads} threads");
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
