using LowBit.Search.Cma;
using Xunit;
using Xunit.Abstractions;

namespace LowBit.Search.Tests.Cma;

public class OtherStrategiesTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    public void One_plus_one_solves_the_sphere_with_fewer_values_than_a_population(int n)
    {
        double[] mean = [.. Enumerable.Repeat(3.0, n)];
        Runs single = Runs.Of(seed => new OnePlusOneCma(new EvolutionOptions { Mean = mean, Sigma = 2, Seed = seed }), TestFunctions.Sphere);
        Runs population = Runs.Of(seed => new CmaEs(new CmaOptions { Mean = mean, Sigma = 2, Seed = seed }), TestFunctions.Sphere);
        output.WriteLine($"n = {n}: {single}; {population}");
        Assert.Equal(15, single.Successes);
        Assert.InRange(single.Median, 1, 0.8 * population.Median);
    }

    [Fact]
    public void One_plus_one_learns_the_covariance()
    {
        double[] mean = [.. Enumerable.Repeat(3.0, 5)];
        Runs runs = Runs.Of(seed => new OnePlusOneCma(new EvolutionOptions { Mean = mean, Sigma = 2, Seed = seed }), TestFunctions.Ellipsoid);
        output.WriteLine($"ellipsoid n = 5: {runs}");
        Assert.Equal(15, runs.Successes);
        Assert.InRange(runs.Median, 1, 1.2 * 1699); // 1699: pycma on the same function
    }

    [Fact]
    public void Limited_memory_solves_large_spheres_and_small_ones()
    {
        foreach (int n in new[] { 1, 3, 100 })
        {
            double[] mean = [.. Enumerable.Repeat(3.0, n)];
            Runs runs = Runs.Of(seed => new LmMaEs(new LmMaOptions { Mean = mean, Sigma = 2, Seed = seed }), TestFunctions.Sphere, count: 3);
            output.WriteLine($"sphere n = {n}: {runs}");
            Assert.Equal(3, runs.Successes);
        }
    }

    [Fact]
    public void Limited_memory_learns_a_direction_that_a_diagonal_cannot()
    {
        // A cigar along the diagonal of the space, n = 20.
        static double DiagonalCigar(double[] x)
        {
            double along = x.Sum() / Math.Sqrt(x.Length);
            return (1e4 * (TestFunctions.Sphere(x) - (along * along))) + (along * along);
        }

        double[] mean = [.. Enumerable.Range(0, 20).Select(j => 3.0 + (j % 3))];
        var limit = new TerminationOptions { MaxEvaluations = 30_000 };
        Runs limited = Runs.Of(seed => new LmMaEs(new LmMaOptions { Mean = mean, Sigma = 2, Seed = seed, Termination = limit }), DiagonalCigar, 1e-4, 3);
        Runs diagonal = Runs.Of(seed => new CmaEs(new CmaOptions { Mean = mean, Sigma = 2, Seed = seed, Covariance = CovarianceForm.Diagonal, Termination = limit }), DiagonalCigar, 1e-4, 3);
        output.WriteLine($"{limited}; {diagonal}");
        Assert.Equal(3, limited.Successes);
        Assert.True(diagonal.Median > 1.5 * limited.Median, $"{diagonal} against {limited}");
    }
}
