using LowBit.Search.Cma;
using LowBit.Search.Numerics;
using Xunit;

namespace LowBit.Search.Tests.Cma;

public class MarginTests
{
    [Fact]
    public void Without_integers_every_handling_is_plain_cma_es_bit_for_bit()
    {
        IOptimizer[] searches = [.. Enum.GetValues<IntegerHandling>().Select(handling => new CmaEs(new CmaOptions { Mean = [3, 3, 3], Sigma = 2, Seed = 4, Integers = handling }))];
        for (int generation = 0; generation < 60; generation++)
        {
            IReadOnlyList<double[]> plain = searches[^1].Ask();
            double[] values = [.. plain.Select(TestFunctions.Rosenbrock)];
            foreach (IOptimizer search in searches)
            {
                IReadOnlyList<double[]> points = search.Ask();
                Assert.Equal(plain, points);
                search.Tell(points, values);
            }
        }
    }

    [Theory]
    [InlineData(0.2, 1e-3)]
    [InlineData(3.1, 1e-3)]
    [InlineData(3.5001, 1e-6)]
    [InlineData(5.9, 0.01)]
    [InlineData(11, 1e-3)]
    [InlineData(-4, 0.4)]
    [InlineData(5, 3)]
    public void Every_neighbouring_value_keeps_its_probability(double mean, double sigma)
    {
        const double Alpha = 0.02;
        var coordinates = new Coordinates(SearchSpace.Unbounded(1).WithValues(0, 0, 1, 3, 4, 6, 9), openIntegers: true);
        var margin = new Margin(coordinates, Alpha);
        var covariance = new FullCovariance([1]);
        double[] m = [mean], one = [0];
        for (int repeat = 0; repeat < 3; repeat++)
        {
            margin.Correct(m, sigma, covariance);
        }

        one[0] = m[0] + sigma;
        margin.Encode(one, m);
        double deviation = one[0] - m[0];
        int cell = coordinates.Cell(0, m[0]);
        double[] thresholds = coordinates.Thresholds[0]!;
        double below = cell == 0 ? 1 : NormalDistribution.Cdf((thresholds[cell - 1] - m[0]) / deviation);
        double above = cell == thresholds.Length ? 1 : NormalDistribution.Cdf((m[0] - thresholds[cell]) / deviation);
        double floor = cell == 0 || cell == thresholds.Length ? Alpha : Alpha / 2;
        Assert.InRange(Math.Min(below, above), floor * 0.99, 1);
        Assert.Equal(coordinates.Nearest(0, mean), coordinates.Nearest(0, m[0])); // the correction never changes the value the mean stands for
    }

    [Fact]
    public void A_binary_coordinate_never_freezes_where_rounding_does()
    {
        // The second coordinate matters only once the first is solved: by then plain rounding has lost it.
        static double Objective(double[] x) => (x[0] * x[0]) + (Math.Abs(x[0]) < 1e-3 ? 1 - x[1] : 1 + x[1]);
        SearchSpace space = SearchSpace.Box(2, -10, 10).WithIntegers(1, 0, 1);
        int Solved(IntegerHandling handling) => Runs.Of(seed => new CmaEs(new CmaOptions
        {
            Mean = [5, 0.5],
            Sigma = 0.3,
            Space = space,
            Seed = seed,
            Integers = handling,
            Termination = new TerminationOptions { MaxEvaluations = 3_000 }.ForPlateaus(),
        }), Objective).Successes;
        Assert.Equal(15, Solved(IntegerHandling.Margin));
        Assert.Equal(15, Solved(IntegerHandling.Mutation));
        Assert.InRange(Solved(IntegerHandling.Rounding), 0, 10);
    }
}
