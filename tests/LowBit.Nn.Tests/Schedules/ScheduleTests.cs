using LowBit.Nn.Schedules;
using Xunit;

namespace LowBit.Nn.Tests.Schedules;

public class ScheduleTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 0.5)]
    [InlineData(10, 0)]
    [InlineData(12, 0)]
    [InlineData(10.0 / 3, 0.75)]
    public void Cosine_is_half_a_wave(double epoch, double factor)
        => Assert.Equal(factor, new CosineSchedule().Factor(epoch, 10), 12);

    [Fact]
    public void Cosine_ends_at_its_final_factor()
    {
        var schedule = new CosineSchedule(0.2);
        Assert.Equal(1, schedule.Factor(0, 10), 12);
        Assert.Equal(0.6, schedule.Factor(5, 10), 12);
        Assert.Equal(0.2, schedule.Factor(10, 10), 12);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(29.99, 1)]
    [InlineData(30, 0.1)]
    [InlineData(59, 0.1)]
    [InlineData(60, 0.01)]
    public void Step_multiplies_at_milestones(double epoch, double factor)
        => Assert.Equal(factor, new StepSchedule([30, 60]).Factor(epoch, 90), 12);

    [Fact]
    public void Warm_up_is_a_line_that_meets_the_schedule()
    {
        var schedule = new WarmUpSchedule(2, new CosineSchedule(), start: 0.1);
        double end = new CosineSchedule().Factor(2, 10);
        Assert.Equal(0.1, schedule.Factor(0, 10), 12);
        Assert.Equal(0.1 + ((end - 0.1) / 2), schedule.Factor(1, 10), 12);
        Assert.Equal(end, schedule.Factor(2, 10), 12);
        Assert.Equal(new CosineSchedule().Factor(7, 10), schedule.Factor(7, 10), 12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void Stretches_are_the_whole_cut_in_pieces(double span)
    {
        var whole = new WarmUpSchedule(2, new CosineSchedule());
        Assert.Equal(whole.Factor(1.5, 10), new StretchSchedule(0, 10, whole).Factor(1.5, 4), 12);
        Assert.Equal(whole.Factor(5.5, 10), new StretchSchedule(4, span, whole).Factor(1.5, 6), 12);
        Assert.Equal(0, new StretchSchedule(4, span, whole).Factor(6, 6), 12);
    }

    [Fact]
    public void Constant_is_one() => Assert.Equal(1, new ConstantSchedule().Factor(3, 10));

    [Fact]
    public void Wrong_numbers_are_rejected()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CosineSchedule(1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CosineSchedule(double.NaN));
        Assert.Throws<ArgumentException>(() => new StepSchedule([60, 30]));
        Assert.Throws<ArgumentException>(() => new StepSchedule([30], gamma: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StretchSchedule(-1, 0, new ConstantSchedule()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StretchSchedule(4, 4, new ConstantSchedule()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WarmUpSchedule(-1, new ConstantSchedule()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WarmUpSchedule(1, new ConstantSchedule(), start: 2));
    }
}
