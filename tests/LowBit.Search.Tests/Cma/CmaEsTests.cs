using LowBit.Search.Cma;
using Xunit;

namespace LowBit.Search.Tests.Cma;

public class CmaEsTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(50)]
    public void One_coordinate_and_any_population_work(int lambda)
    {
        foreach (CovarianceForm form in Enum.GetValues<CovarianceForm>())
        {
            Runs runs = Runs.Of(seed => new CmaEs(new CmaOptions { Mean = [3], Sigma = 2, Seed = seed, PopulationSize = lambda, Covariance = form }), TestFunctions.Sphere, 1e-8, 5);
            Assert.Equal(5, runs.Successes);
        }
    }

    [Fact]
    public void The_two_forms_of_a_covariance_agree_in_one_dimension()
    {
        ICovariance[] forms = [new FullCovariance([1.5]), new DiagonalCovariance([1.5])];
        foreach (ICovariance form in forms)
        {
            form.Update(0.8, 0.1, [2.0], [0.3, -0.05], [[1.0], [-0.7]]);
            form.ScaleCoordinate(0, 0.5);
            form.Refresh();
        }

        double[] y = [0.4], a = [0], b = [0];
        forms[0].Color(y, a);
        forms[1].Color(y, b);
        Assert.Equal(a[0], b[0], 14);
        Assert.Equal(forms[0].WhitenedSquare(y), forms[1].WhitenedSquare(y), 14);
        Assert.Equal(forms[0].Deviation(0), forms[1].Deviation(0), 14);
        Assert.Equal(Math.Sqrt(((0.8 * 2.25) + 0.4 + 0.3 - (0.05 * 0.49)) / 4), forms[0].Deviation(0), 14);
    }

    [Fact]
    public void Coloring_and_whitening_are_inverse()
    {
        var covariance = new FullCovariance([1, 2, 3]);
        covariance.Update(0.7, 0.2, [1, -1, 2], [0.1, -0.02], [[1, 1, 0], [0, 2, -1]]);
        covariance.Refresh();
        double[] z = [0.3, -1.2, 0.7], y = new double[3], axis = new double[3];
        covariance.Color(z, y);
        Assert.Equal(z.Sum(v => v * v), covariance.WhitenedSquare(y), 12);
        covariance.Axis(1, axis);
        Assert.Equal(1, covariance.WhitenedSquare(axis), 12);
    }

    [Theory]
    [InlineData(CmaConvention.Pycma)]
    [InlineData(CmaConvention.Tutorial)]
    public void The_diagonal_form_solves_separable_functions_faster_and_rotated_ones_slower(CmaConvention convention)
    {
        const int N = 10;
        double[] mean = [.. Enumerable.Repeat(3.0, N)];
        CmaEs Make(ulong seed, CovarianceForm form) => new(new CmaOptions
        {
            Mean = mean,
            Sigma = 2,
            Seed = seed,
            Covariance = form,
            Convention = convention,
            Termination = new TerminationOptions { MaxEvaluations = 8_000 },
        });
        Runs separable = Runs.Of(seed => Make(seed, CovarianceForm.Diagonal), TestFunctions.Ellipsoid, count: 5);
        Assert.Equal(5, separable.Successes);
        Assert.InRange(separable.Median, 1, 0.75 * 4_521);

        // Pairwise sums and differences: the same ellipsoid, turned by 45 degrees in planes that join the longest with the shortest axes.
        static double Turned(double[] x)
        {
            double[] turned = new double[x.Length];
            for (int i = 0; i < x.Length / 2; i++)
            {
                int other = x.Length - 1 - i;
                turned[i] = (x[i] + x[other]) / Math.Sqrt(2);
                turned[other] = (x[i] - x[other]) / Math.Sqrt(2);
            }

            return TestFunctions.Ellipsoid(turned);
        }

        Assert.Equal(0, Runs.Of(seed => Make(seed, CovarianceForm.Diagonal), Turned, count: 3).Successes);
        Assert.Equal(3, Runs.Of(seed => Make(seed, CovarianceForm.Full), Turned, count: 3).Successes);
    }

    [Fact]
    public void Scales_make_coordinates_of_different_units_alike()
    {
        static double Objective(double[] x) => (x[0] * x[0] * 1e12) + (x[1] * x[1]);
        Runs scaled = Runs.Of(seed => new CmaEs(new CmaOptions { Mean = [3e-6, 3], Sigma = 2, Scales = [1e-6, 1], Seed = seed }), Objective, count: 5);
        Runs plain = Runs.Of(seed => new CmaEs(new CmaOptions { Mean = [3e-6, 3], Sigma = 2, Seed = seed }), Objective, count: 5);
        Assert.Equal(5, scaled.Successes);
        Assert.InRange(scaled.Median, 1, 0.7 * plain.Median);
    }

    [Theory]
    [InlineData(StopReason.Target)]
    [InlineData(StopReason.MaxEvaluations)]
    [InlineData(StopReason.MaxGenerations)]
    [InlineData(StopReason.Timeout)]
    [InlineData(StopReason.TolX)]
    [InlineData(StopReason.TolFun)]
    [InlineData(StopReason.TolFunHistory)]
    [InlineData(StopReason.TolFacUpX)]
    [InlineData(StopReason.ConditionCov)]
    [InlineData(StopReason.FlatFitness)]
    [InlineData(StopReason.Stagnation)]
    [InlineData(StopReason.MeanStagnation)]
    [InlineData(StopReason.NoEffectCoordinate)]
    [InlineData(StopReason.NoEffectAxis)]
    [InlineData(StopReason.StepSizeUp)]
    public void Every_criterion_ends_a_search(StopReason expected)
    {
        TerminationOptions none = new TerminationOptions { TolX = 0, TolFacUpX = double.PositiveInfinity, TolConditionCov = double.PositiveInfinity, TolStepSizeUp = double.PositiveInfinity, NoEffect = false, MaxGenerations = 20_000 }.ForPlateaus();
        (TerminationOptions, Func<double[], double>, double) chosen = expected switch
        {
            StopReason.Target => (none with { Target = 1 }, TestFunctions.Sphere, 3.0),
            StopReason.MaxEvaluations => (none with { MaxEvaluations = 100 }, TestFunctions.Sphere, 3),
            StopReason.MaxGenerations => (none with { MaxGenerations = 10 }, TestFunctions.Sphere, 3),
            StopReason.Timeout => (none with { Timeout = 0 }, TestFunctions.Sphere, 3),
            StopReason.TolX => (none with { TolX = 1e-3 }, TestFunctions.Sphere, 3),
            StopReason.TolFun => (none with { TolFun = 1e-3 }, TestFunctions.Sphere, 3),
            StopReason.TolFunHistory => (none with { TolFunHistory = 1e-3 }, TestFunctions.Sphere, 3),
            StopReason.TolFacUpX => (none with { TolFacUpX = 100 }, x => x[0], 3),
            StopReason.ConditionCov => (none with { TolConditionCov = 1e3 }, TestFunctions.Ellipsoid, 3),
            StopReason.FlatFitness => (none with { TolFlatFitness = 2 }, _ => 1, 3),
            StopReason.Stagnation => (none with { TolStagnation = null }, Noise, 3),
            StopReason.MeanStagnation => (none with { TolMeanStagnation = 1e-4 }, TestFunctions.Sphere, 3),
            StopReason.NoEffectCoordinate => (none with { NoEffect = true }, TestFunctions.Sphere, 1e18),
            StopReason.NoEffectAxis => (none with { NoEffect = true }, TestFunctions.Sphere, 1.5e15),
            _ => (none with { TolStepSizeUp = 10 }, x => x[0], 3),
        };
        (TerminationOptions termination, Func<double[], double> objective, double start) = chosen;
        var search = new CmaEs(new CmaOptions { Mean = [start, start, start], Sigma = 1, Seed = 3, Termination = termination });
        search.Minimize(objective);
        Assert.Equal(expected, search.StopReason);
        if (expected == StopReason.FlatFitness)
        {
            Assert.Equal(3, search.Generation);
        }

        static double Noise(double[] x) => BitConverter.DoubleToUInt64Bits(x[0]) * 0x9E3779B97F4A7C15UL % 1_000_003;
    }

    [Fact]
    public void Integer_searches_do_not_stop_on_plateaus_by_default()
    {
        SearchSpace space = SearchSpace.Unbounded(2).WithIntegers(0, 0, 9).WithIntegers(1, 0, 9);
        var search = new CmaEs(new CmaOptions { Mean = [5, 5], Sigma = 2, Space = space, Seed = 1, Termination = new TerminationOptions { MaxGenerations = 300 } });
        search.Minimize(_ => 1);
        Assert.Equal(StopReason.MaxGenerations, search.StopReason);

        // All points of the first generation round alike.
        search = new CmaEs(new CmaOptions { Mean = [5, 5], Sigma = 0.05, Space = space, Seed = 1, Termination = new TerminationOptions { MaxGenerations = 300 } });
        IReadOnlyList<double[]> points = search.Ask();
        search.Tell(points, new double[points.Count]);
        Assert.Equal(StopReason.None, search.StopReason);
    }

    [Fact]
    public void The_mean_is_a_point_of_the_space()
    {
        SearchSpace space = SearchSpace.Box(2, 0, 1).WithValues(1, 2, 4, 8);
        var search = new CmaEs(new CmaOptions { Mean = [0.5, 4], Sigma = 0.2, Space = space, Seed = 1 });
        Assert.Equal([0.5, 4], search.Mean);
        search.Minimize(x => x[0] + x[1]);
        Assert.True(space.Contains(search.Mean));
        Assert.Equal(2, search.BestPoint![1]);
        Assert.InRange(search.BestValue, 2, 2 + 1e-8);
    }
}
