using LowBit.Methods.GradFreeBits;
using Xunit;

namespace LowBit.Methods.Tests.GradFreeBits;

public sealed class RacingValuesTests
{
    [Fact]
    public void Every_group_keeps_its_order_and_comes_behind_the_better_one()
    {
        // On the other batches the second finisher lost much: the rest is still ordered by the first batch.
        double?[] all = [1.05, 0.80, null, null, null, null, null];
        double?[] first = [0.85, 0.80, 1.00, 0.90, 0.95, null, null];
        double[] values = RacingValues.Of(all, first, [0, 0, 0, 0, 0, 1.5, 1.2]);
        Assert.Equal((1.05, 0.80), (values[0], values[1]));
        Assert.Equal([1, 0, 3, 4, 2, 6, 5], Enumerable.Range(0, values.Length).OrderBy(i => values[i]));
        Assert.Equal(values.Length, values.Distinct().Count());
    }

    [Fact]
    public void Losses_that_overflow_come_last_and_make_no_other_equal()
    {
        double infinite = double.PositiveInfinity;
        double[] values = RacingValues.Of([infinite, 0.9, null, null, null], [0.7, 0.8, 0.85, infinite, null], [0, 0, 0, 0, 3]);
        Assert.Equal((infinite, 0.9, infinite), (values[0], values[1], values[3]));
        Assert.True(values[2] > 0.9 && values[4] > values[2] && double.IsFinite(values[4]));
    }

    [Fact]
    public void Without_a_candidate_near_the_budget_the_penalty_decides()
        => Assert.Equal([1, 2, 0], new[] { 0, 1, 2 }.OrderBy(i => RacingValues.Of([null, null, null], [null, null, null], [5, 1.5, 2])[i]));
}
