using LowBit.Quantization.Calibration;
using LowBit.Quantization.StepRules;
using Xunit;

namespace LowBit.Quantization.Tests.Calibration;

public sealed class AciqObserverTests
{
    [Theory]
    [InlineData(ClippingModel.Laplace, 3)]
    [InlineData(ClippingModel.Gauss, 4)]
    public void Both_sides_are_clipped_at_the_level_times_the_scale_around_the_mean(ClippingModel model, int bits)
    {
        float[] x = Samples.Normal(4000, 5);
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = (x[i] * 0.5f) + 0.1f;
        }

        double mean = x.Average(static v => (double)v);
        double scale = model == ClippingModel.Laplace ? x.Average(v => Math.Abs(v - mean)) : Math.Sqrt(x.Average(v => (v - mean) * (v - mean)));
        CodeRange range = CodeRange.NarrowSigned(bits);
        double expected = (Math.Abs(mean) + (OptimalClipping.Level(model, bits) * scale)) / range.High;
        Assert.Equal(expected, new AciqStep(model).Step(x, range), expected * 1e-6);

        // The histogram spreads values evenly in a bin of 2^-10; the mean deviation is off by less than that.
        var observer = new AciqObserver(model);
        observer.Observe(x.AsSpan(0, 1000));
        observer.Observe(x.AsSpan(1000));
        Assert.Equal(expected, observer.Step(range), expected * 2e-3);
    }

    [Theory]
    [InlineData(ClippingModel.Laplace)]
    [InlineData(ClippingModel.Gauss)]
    public void Behind_a_ReLU_the_constant_of_one_bit_more_meets_the_scale_of_the_values_above_zero(ClippingModel model)
    {
        float[] x = [.. Samples.Normal(4000, 6).Select(static v => Math.Max(v, 0))];
        double[] above = [.. x.Where(static v => v > 0).Select(static v => (double)v)];
        double scale = model == ClippingModel.Laplace ? above.Average() : Math.Sqrt(above.Average(static v => v * v));
        double expected = OptimalClipping.Level(model, 5) * scale / 15;
        var observer = new AciqObserver(model);
        observer.Observe(x);
        Assert.Equal(expected, observer.Step(CodeRange.Unsigned(4)), expected * 1e-6);
        Assert.Equal(expected, new AciqStep(model).Step(x, CodeRange.Unsigned(4)), expected * 1e-6);
    }

    [Fact]
    public void The_range_never_exceeds_the_values()
    {
        float[] x = [-1, 1, -1, 1];
        Assert.Equal(1f / 7, new AciqStep(ClippingModel.Laplace).Step(x, CodeRange.NarrowSigned(4)));
        var observer = new AciqObserver(ClippingModel.Gauss);
        observer.Observe([0.5f, 0.5f]);
        Assert.Equal(0.5f / 255, observer.Step(CodeRange.Unsigned(8)));
    }

    [Fact]
    public void A_Gauss_fit_is_close_to_the_best_step_on_Gaussian_values()
    {
        float[] x = Samples.Normal(20_000, 7);
        var moments = new SortedMoments(x);
        CodeRange range = CodeRange.NarrowSigned(4);
        double best = StepSearch.SquaredError(moments, range, 0, new MseStep().Step(x, range));
        double fitted = StepSearch.SquaredError(moments, range, 0, new AciqStep(ClippingModel.Gauss).Step(x, range));
        Assert.InRange(fitted, best, 1.05 * best);
    }
}
