using FsCheck;
using FsCheck.Fluent;
using LowBit.Quantization.Calibration;
using Xunit;

namespace LowBit.Quantization.Tests.Calibration;

public sealed class StreamingHistogramTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithReplay(20261121, 17).WithMaxTest(200);

    [Fact]
    public void Neither_order_nor_batches_matter()
    {
        Gen<float[]> values = Gen.Choose(-1_000_000, 1_000_000).Select(static v => v / 65536f).ArrayOf().Where(static a => a.Length > 1);
        Check.One(s_config, Prop.ForAll(values.ToArbitrary(), static x =>
        {
            var whole = new StreamingHistogram(32);
            whole.Add(x);
            var parts = new StreamingHistogram(32);
            for (int i = x.Length - 1; i >= 0; i--)
            {
                parts.Add(x.AsSpan(i, 1));
            }

            return whole.BinWidth == parts.BinWidth && whole.FirstBorder == parts.FirstBorder && whole.Bins.SequenceEqual(parts.Bins)
                && whole.Count == parts.Count && whole.Low == parts.Low && whole.High == parts.High;
        }));
    }

    [Fact]
    public void Every_value_is_counted_in_its_own_bin()
    {
        var random = new Random(5);
        var histogram = new StreamingHistogram(64);
        var seen = new List<float>();
        for (int batch = 0; batch < 20; batch++)
        {
            float[] x = [.. Enumerable.Range(0, 37).Select(_ => (float)(Math.Pow(2, batch - 10) * ((random.NextDouble() * 2) - 0.7)))];
            histogram.Add(x);
            seen.AddRange(x);
        }

        for (int bin = 0; bin < 64; bin++)
        {
            double low = histogram.FirstBorder + (bin * histogram.BinWidth);
            Assert.Equal(seen.LongCount(v => v >= low && v < low + histogram.BinWidth), histogram.Bins[bin]);
        }

        Assert.Equal(seen.Count, histogram.Count);
        Assert.Equal(seen.Min(), histogram.Low);
        Assert.Equal(seen.Max(), histogram.High);
    }

    [Fact]
    public void At_least_half_of_the_bins_lie_between_the_extremes()
    {
        var histogram = new StreamingHistogram(256);
        histogram.Add([-3f, 0.01f, 5f]);
        Assert.InRange((histogram.High - histogram.Low) / histogram.BinWidth, 127, 256);
    }

    [Fact]
    public void Growth_from_tiny_to_huge_values_keeps_all_counts()
    {
        var histogram = new StreamingHistogram(16);
        histogram.Add([0f, 0f]);
        Assert.Equal(0, histogram.BinWidth);
        histogram.Add([float.Epsilon, -float.Epsilon]);
        histogram.Add([1f]);
        histogram.Add([float.MaxValue, -float.MaxValue]);
        histogram.Add([0f, 1f]);
        long total = 0;
        foreach (long n in histogram.Bins)
        {
            total += n;
        }

        Assert.Equal(9, total);
        Assert.Equal(float.MaxValue, histogram.High);
        Assert.Equal(-float.MaxValue, histogram.Low);
    }

    [Fact]
    public void Zeros_before_negative_values_stay_in_the_bin_of_zero()
    {
        var histogram = new StreamingHistogram(16);
        histogram.Add([0f, 0f, 0f]);
        histogram.Add([-1f]);
        int bin = (int)(-histogram.FirstBorder / histogram.BinWidth);
        Assert.Equal(3, histogram.Bins[bin]);
    }

    [Fact]
    public void Quantiles_are_within_a_bin_of_the_sorted_values()
    {
        var random = new Random(9);
        float[] x = [.. Enumerable.Range(0, 5000).Select(_ => (float)Math.Log(random.NextDouble() + 1e-9))];
        var histogram = new StreamingHistogram();
        histogram.Add(x);
        float[] sorted = [.. x.Order()];
        float[] magnitudes = [.. x.Select(MathF.Abs).Order()];
        foreach (double share in (double[])[0.001, 0.1, 0.5, 0.9, 0.999, 1])
        {
            int rank = (int)Math.Ceiling(share * x.Length) - 1;
            Assert.InRange(histogram.Quantile(share), sorted[rank] - histogram.BinWidth, sorted[rank] + histogram.BinWidth);
            Assert.InRange(histogram.MagnitudeQuantile(share), magnitudes[rank] - histogram.BinWidth, magnitudes[rank] + histogram.BinWidth);
        }

        Assert.Equal(sorted[0], histogram.Quantile(0), histogram.BinWidth);
        Assert.Equal(sorted[^1], histogram.Quantile(1));
    }

    [Fact]
    public void Moments_match_the_values_within_the_bin_width()
    {
        var random = new Random(3);
        float[] x = [.. Enumerable.Range(0, 4000).Select(_ => (float)((random.NextDouble() * 3) - 1))];
        var histogram = new StreamingHistogram();
        histogram.Add(x);
        var exact = new SortedMoments(x);
        IMoments binned = histogram;
        foreach (double border in (double[])[-1.5, -0.3, 0, 0.77, 1.9, 3, double.PositiveInfinity])
        {
            Moments a = exact.Below(border);
            Moments b = binned.Below(border);
            // A value moves by at most a bin; the values of the bin that the border cuts may be on the wrong side of it.
            double cut = x.Count(v => Math.Abs(v - border) <= histogram.BinWidth);
            Assert.InRange(b.Count, a.Count - cut, a.Count + cut);
            Assert.InRange(b.Sum, a.Sum - (x.Length * histogram.BinWidth) - (3 * cut), a.Sum + (x.Length * histogram.BinWidth) + (3 * cut));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Values_without_a_bin_are_rejected_and_not_counted(float bad)
    {
        var histogram = new StreamingHistogram();
        histogram.Add([1f]);
        var error = Assert.Throws<ArgumentException>(() => histogram.Add([0.5f, bad]));
        Assert.Contains("value 1 of 2", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, histogram.Count);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Shares_outside_0_to_1_are_rejected(double share)
    {
        var histogram = new StreamingHistogram();
        Assert.Throws<ArgumentOutOfRangeException>(() => histogram.Quantile(share));
        Assert.Throws<ArgumentOutOfRangeException>(() => histogram.MagnitudeQuantile(share));
    }

    [Fact]
    public void Too_few_bins_are_rejected() => Assert.Throws<ArgumentOutOfRangeException>(() => new StreamingHistogram(15));
}
