using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.IntegerKernels.Bitplane;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;
using Xunit;

namespace LowBit.Kernels.Tests.IntegerKernels.Bitplane;

/// <summary>What the bitplane family does differently for some ranges of codes and some sizes.</summary>
public class BitplaneConvTests
{
    // Units of 64 channels, whole and not; one to eleven units of a window, joined by four and left over; odd pixels; panels that are not full; groups; strides.
    private static readonly ConvShape[] s_shapes =
    [
        new(1, 5, 9, 64, 64, 3, 3, 1, 1), new(1, 6, 9, 63, 80, 3, 3, 2, 1), new(2, 4, 6, 65, 33, 1, 3, 1, 0), new(1, 5, 6, 136, 32, 2, 2, 1, 0, 2),
        new(77, 1, 1, 640, 130, 1, 1, 1, 0), new(1, 3, 17, 45, 17, 1, 1, 1, 0), new(1, 9, 9, 8, 16, 2, 2, 4, 1),
    ];

    [Theory]
    [InlineData(-1, 1, 3)]
    [InlineData(-1, 0, 1)]
    [InlineData(0, 1, 3)]
    [InlineData(-2, 1, 2)]
    [InlineData(-4, 3, 6)]
    [InlineData(-3, 3, 7)]
    [InlineData(-8, 7, 1)]
    [InlineData(1, 1, 3)]
    [InlineData(7, 7, 1)]
    public void Every_range_of_weights_equals_the_reference(int lowest, int highest, int maxActivation)
    {
        foreach (ConvShape shape in s_shapes)
        {
            AssertEqual(shape, RangeProof.Create(lowest, highest, maxActivation, shape.ReductionLength));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(15)]
    public void Bipolar_weights_equal_the_reference(int maxActivation)
    {
        foreach (ConvShape shape in s_shapes)
        {
            AssertEqual(shape, RangeProof.Create(-1, 1, maxActivation, shape.ReductionLength, isBipolar: true));
        }
    }

    // All products 1: every counter of a segment is as full as it can be, and one bit product more begins the next segment.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 4)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(4, 3)]
    public void Full_segments_do_not_overflow(int weightBits, int activationBits)
    {
        var probe = new ConvShape(1, 1, 1, 8192, 1, 1, 1, 1, 0);
        int segment = new BitplaneLayout(probe, RangeProof.Create(weightBits, (1 << activationBits) - 1, 8192)).SegmentUnits * BitplaneLayout.UnitChannels;
        int limit = 32766 / (Math.Max(1 << (weightBits - 1), 1) * ((1 << activationBits) - 1));
        foreach (int length in (int[])[Math.Min(segment, limit), Math.Min(segment + 1, limit), Math.Min(2 * segment, limit), limit])
        {
            var shape = new ConvShape(3, 1, 1, length, 70, 1, 1, 1, 0);
            AssertEqual(shape, ConvProblem.Prove(shape, weightBits, activationBits));
        }
    }

    [Theory]
    [InlineData(1, 1, 32766, true)]
    [InlineData(1, 1, 32767, false)]
    [InlineData(2, 2, 5461, true)]
    [InlineData(2, 2, 5462, false)]
    public void Sums_stay_in_sixteen_bits_up_to_the_limit(int weightBits, int activationBits, int length, bool handled)
    {
        var shape = new ConvShape(2, 1, 1, length, 17, 1, 1, 1, 0);
        RangeProof proof = ConvProblem.Prove(shape, weightBits, activationBits);
        IEnumerable<IntegerConvKernel> all = KernelRegistry.Kernels.Where(kernel => kernel.Family == KernelRegistry.BitplaneFamily);
        Assert.All(all, kernel => Assert.Equal(handled, kernel.Handles(shape, proof)));
        if (handled)
        {
            AssertEqual(shape, proof);
        }
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    public void Passes_visit_every_pair_of_bits_once_from_the_highest_significance_to_the_lowest(int weightBits, int activationBits)
    {
        var layout = new BitplaneLayout(s_shapes[0], ConvProblem.Prove(s_shapes[0], weightBits, activationBits));
        var pairs = new HashSet<(int, int)>();
        int significance = weightBits + activationBits - 2;
        for (int i = 0; i < layout.Passes; i++)
        {
            (int weightBit, int activationBit, bool isDoubled) = layout.Pass(i);
            Assert.Equal(significance, weightBit + activationBit);
            Assert.True(weightBit >= 0 && weightBit < weightBits && activationBit >= 0 && activationBit < activationBits);
            Assert.True(pairs.Add((weightBit, activationBit)));
            significance -= isDoubled ? 1 : 0;
        }

        Assert.Equal(weightBits * activationBits, pairs.Count);
        Assert.Equal(0, significance);
    }

    private static void AssertEqual(ConvShape shape, RangeProof proof)
    {
        foreach (Fill fill in Enum.GetValues<Fill>())
        {
            using var problem = new ConvProblem(shape, proof, fill);
            int computed = 0;
            foreach (IntegerConvKernel kernel in KernelRegistry.Candidates(shape, proof, CpuFeatures.Best))
            {
                if (kernel.Family == KernelRegistry.BitplaneFamily)
                {
                    problem.AssertEqual(kernel, WorkerPool.Shared, $"{kernel} {fill}");
                    computed++;
                }
            }

            Assert.True(computed > 0 || CpuFeatures.Best == Isa.Scalar, $"no bitplane kernel computes {shape} with {proof}");
        }
    }
}
