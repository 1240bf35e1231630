using LowBit.Search.Boxes;
using LowBit.Search.Cma;
using Xunit;

namespace LowBit.Search.Tests.Boxes;

public class BoundsTests
{
    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 1e-3)]
    [InlineData(-1e6, 3)]
    [InlineData(2, double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity, -7)]
    public void The_transform_is_feasible_smooth_and_inverted_by_its_inverse(double lower, double upper)
    {
        var transform = new BoxTransform(lower, upper);
        double from = double.IsFinite(lower) ? lower : upper - 10, to = double.IsFinite(upper) ? upper : lower + 10, width = to - from;
        double step = width * 6 / 5000, previous = transform.Map(from - (3 * width));
        for (int i = 1; i <= 7 * 5000 / 6; i++)
        {
            double y = transform.Map(from - (3 * width) + (i * step));
            double rounding = 1e-9 * width;
            Assert.InRange(y, lower - rounding, upper + rounding);
            Assert.InRange(Math.Abs(y - previous), 0, step + rounding); // slope at most 1: continuous
            previous = y;
        }

        for (int i = 0; i <= 100; i++)
        {
            double y = from + (width * i / 100);
            Assert.Equal(y, transform.Map(transform.Inverse(y)), Math.Max(1e-12, 1e-9 * width));
        }
    }

    [Fact]
    public void The_transform_is_the_identity_inside_its_margins()
    {
        var transform = new BoxTransform(-5, 5);
        foreach (double x in new[] { -4.7, 0, 3.3, 4.7 })
        {
            Assert.Equal(x, transform.Map(x));
        }
    }

    [Theory]
    [InlineData(BoundsHandling.Transform, true)]
    [InlineData(BoundsHandling.Penalty, true)]
    [InlineData(BoundsHandling.Resample, false)] // corners are the documented limit of that handling
    public void Minima_inside_on_an_edge_and_in_a_corner_are_found_with_feasible_points_only(BoundsHandling handling, bool reachesCorners)
    {
        foreach (double[] lower in new double[][] { [-2, -2, -2], [1, -2, -2], [1, 1, 1] }.Take(reachesCorners ? 3 : 2))
        {
            SearchSpace space = SearchSpace.Box(lower, [4, 4, 4]);
            double minimum = lower.Sum(v => v > 0 ? v * v : 0);
            Runs runs = Runs.Of(seed => new CmaEs(new CmaOptions { Mean = [3, 3, 3], Sigma = 0.7, Space = space, Seed = seed, Bounds = handling }), x =>
            {
                Assert.True(space.Contains(x));
                return TestFunctions.Sphere(x);
            }, minimum + 1e-6, 7);
            Assert.Equal(7, runs.Successes);
        }
    }

    [Fact]
    public void The_first_step_is_at_most_a_third_of_the_box()
    {
        CmaEs Make(double limit) => new(new CmaOptions { Mean = [50, 50], Sigma = 1e3, Space = SearchSpace.Box(2, 0, 100), Seed = 1, Bounds = BoundsHandling.Penalty, MaxDeviation = limit, PopulationSize = 400 });
        int Inside(CmaEs search) => search.Ask().Count(x => x[0] is > 0 and < 100);
        Assert.InRange(Inside(Make(1.0 / 3)), 320, 380); // P(|z| < 1.5) = 0.866 of 400
        Assert.InRange(Inside(Make(double.PositiveInfinity)), 5, 30); // P(|z| < 0.05) = 0.04
    }
}
