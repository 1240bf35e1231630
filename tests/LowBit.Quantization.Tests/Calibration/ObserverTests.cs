using LowBit.Quantization.Calibration;
using LowBit.Quantization.StepRules;
using Xunit;

namespace LowBit.Quantization.Tests.Calibration;

public sealed class ObserverTests
{
    private static readonly CodeRange s_range = CodeRange.Unsigned(4);

    public static TheoryData<Observer> All
    {
        get
        {
            var all = new TheoryData<Observer>();
            foreach (string name in Observers.Names)
            {
                all.Add(Observers.Create(name));
            }

            return all;
        }
    }

    [Fact]
    public void Min_max_reaches_the_extremes_of_all_batches()
    {
        var observer = new MinMaxObserver();
        observer.Observe([0.5f, 3f]);
        observer.Observe([-2f, 1f]);
        Assert.Equal((-2f, 3f), (observer.Low, observer.High));
        Assert.Equal(3f / 15, observer.Step(s_range));
        Assert.Equal(3f / 7, observer.Step(CodeRange.NarrowSigned(4)));
        // Signed storage, zero point 8: codes −8..7 around zero; 3/7 is wider than 2/8.
        Assert.Equal(3f / 7, observer.Step(s_range, 8));
    }

    [Fact]
    public void Moving_averages_start_at_the_first_batch_and_move_by_the_rest_of_the_momentum()
    {
        var observer = new MovingAverageObserver(0.75);
        observer.Observe([0f, 4f]);
        Assert.Equal(4, observer.High);
        observer.Observe([-2f, 8f]);
        Assert.Equal(5, observer.High);
        Assert.Equal(-0.5, observer.Low);
        Assert.Equal(5f / 15, observer.Step(s_range));
    }

    [Fact]
    public void A_percentile_ignores_outliers()
    {
        float[] x = [.. Enumerable.Range(1, 10_000).Select(static i => i / 10_000f), 50f];
        var observer = new PercentileObserver(99);
        observer.Observe(x);
        double bin = 64.0 / (StreamingHistogram.DefaultBins / 2);
        Assert.InRange(observer.Step(s_range) * 15, 0.99 - bin, 0.99 + bin);
        Assert.InRange(new PercentileStep(99).Step(x, s_range) * 15, 0.9899f, 0.9902f);
        var all = new PercentileObserver(100);
        all.Observe(x);
        Assert.Equal(50f / 15, all.Step(s_range));
    }

    [Fact]
    public void Signed_percentiles_look_at_magnitudes()
    {
        float[] x = [.. Enumerable.Range(1, 1000).Select(static i => -i / 1000f)];
        var observer = new PercentileObserver(50);
        observer.Observe(x);
        Assert.Equal(0.5, observer.Step(CodeRange.NarrowSigned(4)) * 7, 0.002);
        Assert.Equal(StepRule.StepOfZeros, observer.Step(s_range));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void The_streamed_mse_step_is_as_good_as_the_exact_one(int bits)
    {
        var random = new Random(21);
        float[] x = [.. Enumerable.Range(0, 20_000).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
        var observer = new MseObserver();
        for (int at = 0; at < x.Length; at += 500)
        {
            observer.Observe(x.AsSpan(at, 500));
        }

        CodeRange range = CodeRange.NarrowSigned(bits);
        float exact = new MseStep().Step(x, range);
        var moments = new SortedMoments(x);
        double best = StepSearch.SquaredError(moments, range, 0, exact);
        double streamed = StepSearch.SquaredError(moments, range, 0, observer.Step(range));
        // At the minimum the error is flat: a bin of 1/500 of the range costs far less than a percent of it.
        Assert.InRange(streamed, best * 0.999999, best * 1.01);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_observer_that_saw_nothing_says_so(Observer observer)
    {
        observer.Observe([]);
        var error = Assert.Throws<InvalidOperationException>(() => observer.Step(s_range));
        Assert.Contains("has seen no batch", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Zeros_ask_for_no_step_and_get_one(Observer observer)
    {
        observer.Observe([0f, 0f]);
        Assert.Equal(StepRule.StepOfZeros, observer.Step(s_range));
        Assert.Equal(1, observer.Batches);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Values_that_are_not_finite_are_rejected(Observer observer)
    {
        Assert.Throws<ArgumentException>(() => observer.Observe([1f, float.NaN]));
        Assert.Equal(0, observer.Batches);
    }

    [Fact]
    public void Settings_outside_their_range_are_rejected()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MovingAverageObserver(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MovingAverageObserver(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PercentileObserver(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PercentileObserver(100.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MseObserver(3));
    }

    [Fact]
    public void Every_name_gives_its_observer()
    {
        Assert.All(Observers.Names, static name => Assert.Equal(name, Observers.Create(name).Name));
        var error = Assert.Throws<ArgumentException>(() => Observers.Create("entropy"));
        Assert.Contains("'entropy'; use minmax, ema, percentile, mse, kl", error.Message, StringComparison.Ordinal);
    }
}
