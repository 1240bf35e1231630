using LowBit.Quantization.Calibration;
using Xunit;

namespace LowBit.Quantization.Tests.Calibration;

/// <summary>Against exactly integrated optima (steps of Gaussian and Laplace quantizers, four decimals on a grid of 1e-3).</summary>
public sealed class StepSearchTests
{
    /// <summary>bits, then step and mean squared error of the mid-rise and of the narrow grid.</summary>
    public static TheoryData<bool, int, double, double, double, double> Optima => new()
    {
        { true, 2, 0.9956, 0.1188, 1.2244, 0.1902 },
        { true, 3, 0.5858, 3.744e-2, 0.6509, 4.686e-2 },
        { true, 4, 0.3352, 1.154e-2, 0.3534, 1.289e-2 },
        { true, 5, 0.1881, 3.495e-3, 0.1932, 3.693e-3 },
        { true, 6, 0.1041, 1.040e-3, 0.1055, 1.069e-3 },
        { true, 7, 0.0569, 3.043e-4, 0.0573, 3.086e-4 },
        { false, 2, 1.5377, 0.3926, 2.0005, 0.5285 },
        { false, 3, 1.0337, 0.1435, 1.1623, 0.1662 },
        { false, 4, 0.6518, 5.070e-2, 0.6885, 5.479e-2 },
        { false, 5, 0.3958, 1.743e-2, 0.4065, 1.817e-2 },
        { false, 6, 0.2343, 5.83e-3, 0.2374, 5.96e-3 },
        { false, 7, 0.1359, 1.90e-3, 0.1368, 1.92e-3 },
    };

    public static TheoryData<bool, double, double> EightBits => new() { { true, 0.0309, 8.83e-5 }, { false, 0.0778, 6.07e-4 } };

    public static TheoryData<bool, int, double, double> OneSided => new()
    {
        // The one-sided grid of b bits is the upper half of the narrow grid of b + 1 bits: same step, half the error.
        { true, 1, 1.2244, 0.1902 / 2 },
        { true, 3, 0.3534, 1.289e-2 / 2 },
        { true, 7, 0.0309, 8.83e-5 / 2 },
        { true, 8, 0.0165, 2.50e-5 / 2 },
        { false, 2, 1.1623, 0.1662 / 2 },
        { false, 5, 0.2374, 5.96e-3 / 2 },
    };

    [Theory]
    [MemberData(nameof(Optima))]
    public void Finds_the_optimum_of_a_density(bool gaussian, int bits, double oddStep, double oddError, double narrowStep, double narrowError)
    {
        // On the odd grid the levels are ±s, ±3s: its step is half the distance of the table's levels.
        Check(gaussian, CodeRange.OddSigned(bits), oddStep / 2, oddError);
        Check(gaussian, CodeRange.NarrowSigned(bits), narrowStep, narrowError);
    }

    [Theory]
    [MemberData(nameof(EightBits))]
    public void Finds_the_optimum_of_eight_bits(bool gaussian, double step, double error) => Check(gaussian, CodeRange.NarrowSigned(8), step, error);

    [Theory]
    [MemberData(nameof(OneSided))]
    public void Finds_the_optimum_of_a_rectified_density(bool gaussian, int bits, double step, double error)
    {
        double found = StepSearch.Minimize(new Rectified(new AnalyticMoments(gaussian)), CodeRange.Unsigned(bits), 0);
        double squares = StepSearch.SquaredError(new Rectified(new AnalyticMoments(gaussian)), CodeRange.Unsigned(bits), 0, found);
        Assert.InRange(found, step - Slack(step), step + Slack(step));
        Assert.InRange(squares, error * 0.99, error * 1.01);
    }

    [Theory]
    [InlineData(true, 1.5958 / 2, 0.3634)]
    [InlineData(false, 1.0, 1.0)]
    public void One_bit_takes_the_mean_magnitude(bool gaussian, double step, double error) => Check(gaussian, CodeRange.NarrowSigned(1), step, error);

    [Fact]
    public void The_error_is_the_sum_of_the_nearest_levels()
    {
        var random = new Random(7);
        float[] x = [.. Enumerable.Range(0, 500).Select(_ => (float)((random.NextDouble() * 4) - 2))];
        foreach (CodeRange range in (CodeRange[])[CodeRange.NarrowSigned(3), CodeRange.FullSigned(2), CodeRange.OddSigned(2), CodeRange.Unsigned(4)])
        {
            const double Step = 0.21;
            double expected = 0;
            foreach (float value in x)
            {
                double best = double.PositiveInfinity;
                for (int code = range.Low; code <= range.High; code += range.Stride)
                {
                    best = Math.Min(best, Math.Pow(value - (code * Step), 2));
                }

                expected += best;
            }

            // Prefix sums cancel: n·eps·Σx² in double precision is far below 1e-9.
            Assert.Equal(expected, StepSearch.SquaredError(new SortedMoments(x), range, 0, Step), 1e-9);
        }
    }

    [Fact]
    public void Is_no_worse_than_a_fine_scan_on_few_values()
    {
        var random = new Random(11);
        for (int trial = 0; trial < 40; trial++)
        {
            float[] x = [.. Enumerable.Range(0, 3 + trial).Select(_ => (float)((random.NextDouble() * 2) - 1))];
            var moments = new SortedMoments(x);
            CodeRange range = CodeRange.NarrowSigned(2 + (trial % 3));
            double step = StepSearch.Minimize(moments, range, 0);
            double error = StepSearch.SquaredError(moments, range, 0, step);
            double widest = SymmetricSteps.Cover(moments.Low, moments.High, range, 0);
            double coarse = double.PositiveInfinity;
            for (int k = 1; k <= 12; k++)
            {
                coarse = Math.Min(coarse, StepSearch.SquaredError(moments, range, 0, widest * Math.Pow(2, -k / 12.0)));
            }

            Assert.True(error <= coarse + 1e-12, $"trial {trial}: {error} > {coarse}");
        }
    }

    [Fact]
    public void Values_on_the_grid_are_kept_exactly()
    {
        float[] onOdd = [0.5f, -0.5f, 1.5f, -1.5f, 0.5f];
        Assert.Equal(0.5, StepSearch.Minimize(new SortedMoments(onOdd), CodeRange.OddSigned(2), 0), 1e-6);
        float[] onNarrow = [0.75f, -0.25f, 0, 0.5f, -0.75f];
        Assert.Equal(0.25, StepSearch.Minimize(new SortedMoments(onNarrow), CodeRange.NarrowSigned(3), 0), 1e-6);
        float[] signs = [0.3f, -0.3f];
        Assert.Equal(0.3, StepSearch.Minimize(new SortedMoments(signs), CodeRange.OddSigned(2), 0), 1e-6);
    }

    [Fact]
    public void Nothing_to_cover_gives_zero()
    {
        Assert.Equal(0, StepSearch.Minimize(new SortedMoments([0f, 0f]), CodeRange.NarrowSigned(4), 0));
        Assert.Equal(0, StepSearch.Minimize(new SortedMoments([-1f, -2f]), CodeRange.Unsigned(4), 0));
        Assert.Equal(0, StepSearch.Minimize(new SortedMoments([]), CodeRange.Unsigned(4), 0));
    }

    private static void Check(bool gaussian, CodeRange range, double step, double error)
    {
        var density = new AnalyticMoments(gaussian);
        double found = StepSearch.Minimize(density, range, 0);
        Assert.InRange(found, step - Slack(step), step + Slack(step));
        // Four digits are printed, so that half a unit of the last one is at most 1 %.
        Assert.InRange(StepSearch.SquaredError(density, range, 0, found), error * 0.99, error * 1.01);
    }

    /// <summary>The table's grid spacing, 1e-3 of the highest level for few levels, and half a unit of its fourth decimal.</summary>
    private static double Slack(double step) => (1e-3 * step) + 0.6e-4;

    /// <summary>Negative values become zero.</summary>
    private sealed class Rectified(IMoments inner) : IMoments
    {
        public double Low => 0;

        public double High => inner.High;

        public Moments Below(double border)
        {
            Moments negative = inner.Below(0);
            return border <= 0 ? default : inner.Below(border) - new Moments(0, negative.Sum, negative.Squares);
        }
    }
}
