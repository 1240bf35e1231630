using LowBit.Quantization.StepRules;
using Xunit;

namespace LowBit.Quantization.Tests.StepRules;

public sealed class StepRuleTests
{
    public static TheoryData<StepRule> All => [new LsqStep(), new MinMaxStep(), new MseStep(), new PercentileStep(), new MeanMagnitudeStep()];

    [Fact]
    public void Lsq_starts_at_twice_the_mean_magnitude_over_the_root_of_the_highest_code()
    {
        float[] x = [0.25f, -0.75f, 0.5f, -0.5f];
        Assert.Equal((float)(2 * 0.5 / Math.Sqrt(7)), new LsqStep().Step(x, CodeRange.NarrowSigned(4)));
        Assert.Equal((float)(2 * 0.5 / Math.Sqrt(15)), new LsqStep().Step(x, CodeRange.Unsigned(4)));
        // Signed activations, zero point 8: Qp = 7.
        Assert.Equal((float)(2 * 0.5 / Math.Sqrt(7)), new LsqStep().Step(x, CodeRange.Unsigned(4), 8));
        Assert.Equal(0.5f, new LsqStep().Step(x, CodeRange.NarrowSigned(1)));
        Assert.Equal(1f, new LsqStep().Step(x, CodeRange.Unsigned(1)));
    }

    [Fact]
    public void Min_max_puts_the_extremes_on_the_outer_levels()
    {
        float[] x = [-0.9f, 0.3f];
        Assert.Equal((float)(0.9f / 7.0), new MinMaxStep().Step(x, CodeRange.NarrowSigned(4)));
        Assert.Equal((float)(0.9f / 8.0), new MinMaxStep().Step(x, CodeRange.FullSigned(4)));
        Assert.Equal((float)(0.3f / 15.0), new MinMaxStep().Step(x, CodeRange.Unsigned(4)));
    }

    [Fact]
    public void Constant_and_mean_are_what_they_say()
    {
        Assert.Equal(6f / 15, new ConstantStep(6).Step([], CodeRange.Unsigned(4)));
        Assert.Equal(2f, new MeanMagnitudeStep().Step([-1f, 3f], CodeRange.NarrowSigned(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConstantStep(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConstantStep(float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConstantStep(float.PositiveInfinity));
    }

    [Fact]
    public void The_mse_step_of_a_large_gaussian_sample_is_the_known_optimum()
    {
        // Quantiles of N(0, 1) by bisection on the exact distribution: a sample without sampling error.
        var x = new float[2001];
        for (int i = 0; i < x.Length; i++)
        {
            double low = -6, high = 6;
            for (int k = 0; k < 50; k++)
            {
                double middle = (low + high) / 2;
                bool isBelow = new Calibration.AnalyticMoments(true).Below(middle).Count < (i + 0.5) / x.Length;
                (low, high) = isBelow ? (middle, high) : (low, middle);
            }

            x[i] = (float)low;
        }

        // 2001 points miss what lies beyond 3.5 deviations, which lowers the optimum a little.
        Assert.InRange(new MseStep().Step(x, CodeRange.NarrowSigned(4)), 0.3534f * 0.98f, 0.3534f * 1.005f);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Zeros_and_nothing_get_the_step_of_zeros(StepRule rule)
    {
        Assert.Equal(StepRule.StepOfZeros, rule.Step([0f, -0f, 0f], CodeRange.NarrowSigned(4)));
        Assert.Equal(StepRule.StepOfZeros, rule.Step([], CodeRange.NarrowSigned(4)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Extreme_values_give_usable_steps(StepRule rule)
    {
        foreach (float size in (float[])[float.Epsilon, 1e-30f, 1e30f, float.MaxValue])
        {
            float step = rule.Step([size, -size, size], CodeRange.NarrowSigned(4));
            Assert.InRange(step, Steps.Smallest, Steps.Largest);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Values_that_are_not_finite_are_rejected_in_one_sentence(StepRule rule)
    {
        var error = Assert.Throws<ArgumentException>(() => rule.Step([0f, 1f, float.NaN], CodeRange.NarrowSigned(4)));
        Assert.Contains("value 2 of 3 is NaN", error.Message, StringComparison.Ordinal);
    }
}
