using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels.Lut;
using LowBit.Kernels.Ranges;
using Xunit;

namespace LowBit.Kernels.Tests.IntegerKernels.Lut;

/// <summary>How many groups the weights let be added in bytes.</summary>
public class LutRunsTests
{
    private static readonly ConvShape s_shape = new(1, 5, 5, 22, 7, 3, 3, 1, 1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void No_run_of_an_output_leaves_a_byte(int seed)
    {
        var random = new Random(seed);
        sbyte[] weights = [.. Enumerable.Range(0, (int)s_shape.WeightLength).Select(_ => (sbyte)random.Next(-2, 2))];
        var layout = new LutLayout(s_shape, RangeProof.Create(-2, 1, 3, s_shape.ReductionLength), isWide: false);
        foreach (int sequence in (int[])[layout.Groups, layout.Groups / 3])
        {
            int run = LutRuns.Longest(layout, weights, s_shape.OutChannels, sequence);
            Assert.InRange(run, Math.Min(layout.FlushGroups, sequence) * 2 / 3, sequence);
            for (int group = 0; group < layout.Groups; group++)
            {
                if (group % sequence % run == 0)
                {
                    int end = Math.Min(group + run, ((group / sequence) + 1) * sequence);
                    Assert.All(Enumerable.Range(0, s_shape.OutChannels), o => Assert.InRange(Most(layout, weights, o, group, end), 0, 255));
                }
            }
        }
    }

    [Fact]
    public void The_largest_weights_have_the_runs_of_the_range()
    {
        var weights = new sbyte[s_shape.WeightLength];
        Array.Fill(weights, (sbyte)-2);
        var layout = new LutLayout(s_shape, RangeProof.Create(-2, 1, 3, s_shape.ReductionLength), isWide: false);
        int run = LutRuns.Longest(layout, weights, s_shape.OutChannels, layout.Groups);
        Assert.Equal(21, layout.FlushGroups);
        Assert.InRange(run, 1, 21);
        Assert.Equal((layout.Groups + 20) / 21, (layout.Groups + run - 1) / run);
    }

    [Fact]
    public void Weights_of_zero_need_one_run()
    {
        var layout = new LutLayout(s_shape, RangeProof.Create(-2, 1, 3, s_shape.ReductionLength), isWide: false);
        Assert.Equal(layout.Groups, LutRuns.Longest(layout, new sbyte[s_shape.WeightLength], s_shape.OutChannels, layout.Groups));
    }

    private static int Most(in LutLayout layout, sbyte[] weights, int output, int group, int end)
    {
        int sum = 0;
        for (; group < end; group++)
        {
            for (int i = 0; i < layout.GroupCodes; i++)
            {
                int index = layout.WeightIndex(group, i);
                sum += index >= 0 ? Math.Abs(weights[(output * s_shape.ReductionLength) + index]) : 0;
            }
        }

        return sum * layout.MaxActivation;
    }
}
