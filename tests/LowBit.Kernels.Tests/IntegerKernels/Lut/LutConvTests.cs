using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;
using Xunit;

namespace LowBit.Kernels.Tests.IntegerKernels.Lut;

/// <summary>What the lut families do differently for some ranges of codes and some sizes.</summary>
public class LutConvTests
{
    // Blocks of sixteen channels with one to four steps, panels of one to four, tiles of one to eight vectors, groups, strides; by output rows and by input
    // rows of two and three kernel rows, with fewer rows than the kernel has too.
    private static readonly ConvShape[] s_shapes =
    [
        new(1, 5, 33, 16, 16, 3, 3, 1, 1), new(1, 6, 9, 20, 80, 3, 3, 2, 1), new(2, 4, 4, 58, 33, 3, 3, 1, 1), new(1, 5, 6, 16, 32, 3, 3, 1, 1, 2),
        new(77, 1, 1, 94, 112, 1, 1, 1, 0), new(1, 3, 17, 45, 17, 1, 1, 1, 0),
        new(2, 6, 11, 12, 48, 2, 3, 1, 1), new(1, 1, 9, 16, 64, 3, 3, 1, 1), new(1, 9, 6, 33, 150, 3, 3, 1, 1), new(1, 2, 5, 16, 20, 2, 2, 1, 0),
    ];

    [Theory]
    [InlineData(-1, 1, 3)]
    [InlineData(-1, 1, 1)]
    [InlineData(-1, 1, 15)]
    [InlineData(-1, 0, 3)]
    [InlineData(0, 1, 3)]
    [InlineData(-2, 0, 5)]
    [InlineData(-2, 1, 3)]
    [InlineData(1, 1, 3)]
    [InlineData(-2, 1, 15)]
    public void Every_range_of_two_bit_weights_equals_the_reference(int lowest, int highest, int maxActivation)
    {
        foreach (ConvShape shape in s_shapes)
        {
            AssertEqual(shape, RangeProof.Create(lowest, highest, maxActivation, shape.ReductionLength));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(15)]
    public void Bipolar_weights_equal_the_reference(int maxActivation)
    {
        foreach (ConvShape shape in s_shapes)
        {
            AssertEqual(shape, RangeProof.Create(-1, 1, maxActivation, shape.ReductionLength, isBipolar: true));
        }
    }

    [Theory]
    [InlineData(10922, true)]
    [InlineData(10923, false)]
    public void Sums_stay_in_sixteen_bits_up_to_the_limit(int length, bool handled)
    {
        var shape = new ConvShape(2, 1, 1, length, 17, 1, 1, 1, 0);
        RangeProof proof = RangeProof.Create(-1, 1, 3, length);
        IEnumerable<IntegerConvKernel> all = KernelRegistry.Kernels.Where(kernel => kernel.Family == KernelRegistry.LutFamily);
        Assert.All(all, kernel => Assert.Equal(handled, kernel.Handles(shape, proof)));
        if (handled)
        {
            AssertEqual(shape, proof);
        }
    }

    private static void AssertEqual(ConvShape shape, RangeProof proof)
    {
        foreach (Fill fill in Enum.GetValues<Fill>())
        {
            using var problem = new ConvProblem(shape, proof, fill);
            int computed = 0;
            foreach (IntegerConvKernel kernel in KernelRegistry.Candidates(shape, proof, CpuFeatures.Best))
            {
                if (kernel.Family is KernelRegistry.LutFamily or KernelRegistry.WideLutFamily)
                {
                    problem.AssertEqual(kernel, WorkerPool.Shared, $"{kernel} {fill}");
                    computed++;
                }
            }

            Assert.True(computed > 0 || CpuFeatures.Best == Isa.Scalar, $"no lut kernel computes {shape} with {proof}");
        }
    }
}
