using LowBit.Search.Cma;
using Xunit;
using Xunit.Abstractions;

namespace LowBit.Search.Tests.Cma;

/// <summary>
/// Median evaluations until f ≤ 1e-10 over 15 seeds against those of pycma 4 and cmaes 0.13 (the smaller of the two) on the same functions and starts:
/// at most 10 % more. The large dimensions are in the slow tests.
/// </summary>
public class ReferenceTableTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, (Func<double[], double> Function, double Start, double Sigma)> s_functions = new()
    {
        ["sphere"] = (TestFunctions.Sphere, 3, 2),
        ["ellipsoid"] = (TestFunctions.Ellipsoid, 3, 2),
        ["Rosenbrock"] = (TestFunctions.Rosenbrock, 0, 0.5),
        ["bent cigar"] = (TestFunctions.BentCigar, 3, 2),
    };

    [Theory]
    [InlineData("sphere", 5, 835, 883)]
    [InlineData("sphere", 10, 1788, 1799)]
    [InlineData("sphere", 20, 3373, 3330)]
    [InlineData("ellipsoid", 5, 1699, 1734)]
    [InlineData("ellipsoid", 10, 4521, 4614)]
    [InlineData("Rosenbrock", 5, 1740, 1948)]
    [InlineData("Rosenbrock", 10, 5462, 5312, 14)]
    [InlineData("bent cigar", 5, 1894, 2002)]
    [InlineData("bent cigar", 10, 4262, 4417)]
    public void Small_dimensions_need_no_more_than_the_reference(string function, int n, int pycma, int cmaes, int successes = 15)
        => Compare(function, n, pycma, cmaes, successes);

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("sphere", 40, 6228, 6351)]
    [InlineData("ellipsoid", 20, 13407, 14034)]
    [InlineData("ellipsoid", 40, 49686, 51128)]
    [InlineData("Rosenbrock", 20, 16310, 17169)]
    [InlineData("Rosenbrock", 40, 61723, 63167, 14)]
    [InlineData("bent cigar", 20, 8775, 8970)]
    [InlineData("bent cigar", 40, 17225, 17293)]
    public void Large_dimensions_need_no_more_than_the_reference(string function, int n, int pycma, int cmaes, int successes = 15)
        => Compare(function, n, pycma, cmaes, successes);

    private void Compare(string name, int n, int pycma, int cmaes, int successes)
    {
        (Func<double[], double> function, double start, double sigma) = s_functions[name];
        double[] mean = [.. Enumerable.Repeat(start, n)];
        Runs runs = Runs.Of(seed => new CmaEs(new CmaOptions { Mean = mean, Sigma = sigma, Seed = seed }), function);
        output.WriteLine($"| {name} | {n} | {pycma} | {cmaes} | {runs} |");
        Assert.InRange(runs.Median, 1, 1.1 * Math.Min(pycma, cmaes));

        // One run in fifteen more or less is the seed, not the method: with a true rate of 14/15, 13 of 15 or fewer still happens in a quarter of all tries.
        Assert.InRange(runs.Successes, successes - 1, runs.Count);
        Assert.All(runs.Misses, value => Assert.InRange(value, 3.9, 4.0)); // Rosenbrock's local minimum
    }
}
