using LowBit.Search.Cma;
using LowBit.Search.Restarts;
using Xunit;
using Xunit.Abstractions;

namespace LowBit.Search.Tests.Restarts;

public class RestartingCmaTests(ITestOutputHelper output)
{
    [Fact]
    public void Ipop_doubles_the_population_until_the_restarts_are_used_up()
    {
        RestartingCma search = Make(2, RestartStrategy.Ipop, 3, seed: 1);
        var populations = new List<int> { search.PopulationSize };
        search.Minimize(x => 1, afterGeneration: _ =>
        {
            if (search.PopulationSize != populations[^1])
            {
                populations.Add(search.PopulationSize);
            }
        });
        Assert.Equal([6, 12, 24, 48], populations);
        Assert.Equal(StopReason.Restarts, search.StopReason);
        Assert.Equal((3, 0), (search.LargeRuns, search.SmallRuns));
        Assert.Equal(search.Evaluations, search.LargeEvaluations + search.SmallEvaluations);
    }

    [Fact]
    public void Bipop_gives_small_and_large_runs_the_same_budget()
    {
        RestartingCma search = Make(3, RestartStrategy.Bipop, 4, seed: 2);
        int runs = 0, first = search.PopulationSize;
        search.Minimize(TestFunctions.Rastrigin, afterGeneration: _ =>
        {
            if (search.SmallRuns + search.LargeRuns > runs && search.StopReason == StopReason.None)
            {
                runs = search.SmallRuns + search.LargeRuns;
                Assert.InRange(search.PopulationSize, first, first << search.LargeRuns);
            }
        });
        Assert.Equal(StopReason.Restarts, search.StopReason);
        Assert.Equal(4, search.LargeRuns);
        Assert.True(search.SmallRuns >= 3, $"{search.SmallRuns} small runs");
        Assert.Equal(search.Evaluations, search.LargeEvaluations + search.SmallEvaluations);
        Assert.InRange(search.SmallEvaluations, search.LargeEvaluations, 2 * search.LargeEvaluations); // the last small run ends the balance
    }

    [Theory]
    [InlineData(RestartStrategy.Ipop)]
    [InlineData(RestartStrategy.Bipop)]
    public void A_search_resumed_after_restarts_equals_an_uninterrupted_one(RestartStrategy strategy)
    {
        RestartingCma straight = Make(2, strategy, 3, seed: 4), resumed = Make(2, strategy, 3, seed: 4);
        while (straight.StopReason == StopReason.None)
        {
            IReadOnlyList<double[]> points = straight.Ask();
            Assert.Equal(points, resumed.Ask());
            double[] values = [.. points.Select(TestFunctions.Rastrigin)];
            straight.Tell(points, values);
            resumed.Tell(points, values);
            if (straight.Generation % 9 == 0)
            {
                var saved = new MemoryStream();
                resumed.Save(saved);
                saved.Position = 0;
                resumed = (RestartingCma)OptimizerFile.Load(saved);
            }
        }

        Assert.Equal(3, straight.LargeRuns);
        Assert.Equal((straight.StopReason, straight.BestValue, straight.Evaluations, straight.SmallRuns), (resumed.StopReason, resumed.BestValue, resumed.Evaluations, resumed.SmallRuns));
    }

    [Fact]
    public void Limits_hold_for_the_whole_search_and_no_restart_is_plain_cma_es()
    {
        CmaOptions first = new() { Mean = [3, 3], Sigma = 1, Seed = 9, Termination = new TerminationOptions { MaxEvaluations = 500 } };
        var search = new RestartingCma(new RestartOptions { First = first });
        search.Minimize(_ => 0.5);
        Assert.Equal(StopReason.MaxEvaluations, search.StopReason);
        Assert.InRange(search.Evaluations, 500, 499 + search.PopulationSize);

        var once = new RestartingCma(new RestartOptions { First = first, MaxRestarts = 0 });
        var plain = new CmaEs(first);
        once.Minimize(TestFunctions.Sphere);
        plain.Minimize(TestFunctions.Sphere);
        Assert.Equal(plain.BestPoint, once.BestPoint);
    }

    [Fact]
    public void Restarts_begin_in_the_region_and_wrong_regions_are_named()
    {
        CmaOptions first = new() { Mean = [3, 3], Sigma = 1e-3, Seed = 9, Space = SearchSpace.Box(2, -5, 5) };
        var search = new RestartingCma(new RestartOptions { First = first, StartRegion = ([-4, -2], [-3, -1]), MaxRestarts = 1 });
        while (search.LargeRuns == 0)
        {
            IReadOnlyList<double[]> points = search.Ask();
            search.Tell(points, new double[points.Count]);
        }

        Assert.All(search.Ask(), point => Assert.True(point[0] is > -4.1 and < -2.9 && point[1] is > -2.1 and < -0.9));
        Assert.Contains("start region", Assert.Throws<ArgumentException>(() => new RestartingCma(new RestartOptions { First = first, StartRegion = ([-9, 0], [0, 1]) })).Message, StringComparison.Ordinal);
        Assert.Contains("start region", Assert.Throws<ArgumentException>(() => new RestartingCma(new RestartOptions { First = first, StartRegion = ([0], [1]) })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, 13437, RestartStrategy.Ipop)]
    public void Rastrigin_is_solved_as_often_and_as_fast_as_by_the_reference(int n, int pycma, RestartStrategy strategy) => Compare(n, pycma, strategy);

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData(5, 13437, RestartStrategy.Bipop)]
    [InlineData(10, 81577, RestartStrategy.Ipop)]
    [InlineData(10, 81577, RestartStrategy.Bipop)]
    [InlineData(20, 211265, RestartStrategy.Ipop)]
    [InlineData(20, 211265, RestartStrategy.Bipop)]
    public void Large_Rastrigin_is_solved_as_often_and_as_fast_as_by_the_reference(int n, int pycma, RestartStrategy strategy) => Compare(n, pycma, strategy);

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData(5, 6, 1)]
    [InlineData(10, 2, 2)]
    [InlineData(20, 3, 1)]
    public void One_run_of_population_10_n_solves_Rastrigin_about_as_often(int n, int pycma, int cmaes)
    {
        double[] mean = [.. Enumerable.Repeat(3.0, n)];
        Runs runs = Runs.Of(seed => new CmaEs(new CmaOptions { Mean = mean, Sigma = 2, Seed = seed, PopulationSize = 10 * n }), TestFunctions.Rastrigin);
        output.WriteLine($"| Rastrigin, λ = 10 n | {n} | {pycma} | {cmaes} | {runs} |");
        Assert.InRange(runs.Successes, 1, 15);
    }

    /// <summary>The reference ran IPOP; BIPOP spends half of its values on small runs, so twice as many are allowed.</summary>
    private void Compare(int n, int pycma, RestartStrategy strategy)
    {
        Runs runs = Runs.Of(seed => Make(n, strategy, 9, seed), TestFunctions.Rastrigin);
        output.WriteLine($"| Rastrigin {strategy} | {n} | {pycma} | {runs} |");
        Assert.Equal(15, runs.Successes);
        Assert.InRange(runs.Median, 1, (strategy == RestartStrategy.Ipop ? 1.1 : 2.2) * pycma);
    }

    private static RestartingCma Make(int n, RestartStrategy strategy, int restarts, ulong seed) => new(new RestartOptions
    {
        First = new CmaOptions { Mean = [.. Enumerable.Repeat(3.0, n)], Sigma = 2, Seed = seed },
        Strategy = strategy,
        MaxRestarts = restarts,
    });
}
