using LowBit.Search.Boxes;
using LowBit.Search.Cma;
using LowBit.Search.Direct;
using LowBit.Search.Restarts;
using Xunit;

namespace LowBit.Search.Tests;

/// <summary>What every optimiser promises: order of calls, exact resumption, odd values, one-sentence errors.</summary>
public class OptimizerTests
{
    private static readonly TerminationOptions s_limit = new() { MaxEvaluations = 4_000 };

    private static readonly SearchSpace s_mixed = SearchSpace.Box(4, -5, 5).WithIntegers(1, -3, 3).WithValues(2, 2, 3, 4, 8);

    private static readonly Dictionary<string, Func<IOptimizer>> s_makers = new()
    {
        ["full"] = () => new CmaEs(Options()),
        ["diagonal"] = () => new CmaEs(Options() with { Covariance = CovarianceForm.Diagonal }),
        ["tutorial"] = () => new CmaEs(Options() with { Convention = CmaConvention.Tutorial, Active = false }),
        ["penalty"] = () => new CmaEs(Options() with { Bounds = BoundsHandling.Penalty, Space = SearchSpace.Box([1, -5, -5, -5], [4, 5, 5, 5]) }),
        ["mutation"] = () => new CmaEs(Options() with { Integers = IntegerHandling.Mutation, Sigma = 0.3 }),
        ["rounding"] = () => new CmaEs(Options() with { Integers = IntegerHandling.Rounding }),
        ["lm-ma"] = () => new LmMaEs(new LmMaOptions { Mean = [3, 2, 3, 1], Sigma = 0.7, Space = s_mixed, Seed = 2, Termination = s_limit }),
        ["1+1"] = () => new OnePlusOneCma(Options() with { PopulationSize = null }),
        ["ipop"] = () => new RestartingCma(new RestartOptions { First = Options() }),
        ["bipop"] = () => new RestartingCma(new RestartOptions { First = Options(), Strategy = RestartStrategy.Bipop, StartRegion = ([1, 1, 2, 0], [2, 2, 3, 1]) }),
        ["powell"] = () => new Powell(new DirectOptions { Start = [3, 2, 3, 1], Step = 0.7, Space = s_mixed, Termination = s_limit }),
        ["coordinate"] = () => new CoordinateSearch(new DirectOptions { Start = [3, 2, 3, 1], Step = 0.7, Space = s_mixed, Termination = s_limit }),
        ["resample"] = () => new CmaEs(Options() with { Bounds = BoundsHandling.Resample, Space = SearchSpace.Box(4, 0.5, 5) }),
    };

    public static TheoryData<string> Names => new(s_makers.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_resumed_search_equals_an_uninterrupted_one_bit_for_bit(string name)
    {
        IOptimizer straight = s_makers[name](), resumed = s_makers[name]();
        for (int generation = 0; generation < 40 && straight.StopReason == StopReason.None; generation++)
        {
            IReadOnlyList<double[]> expected = straight.Ask(), actual = resumed.Ask();
            if (generation % 7 == 3)
            {
                resumed = Reload(resumed); // between asking and telling
                actual = resumed.Ask();
            }

            Assert.Equal(expected, actual);
            double[] values = [.. expected.Select(TestFunctions.Ellipsoid)];
            straight.Tell(expected, values);
            resumed.Tell(actual, values);
            if (generation % 5 == 2)
            {
                resumed = Reload(resumed);
            }

            Assert.Equal((straight.BestValue, straight.Evaluations, straight.Generation, straight.StopReason), (resumed.BestValue, resumed.Evaluations, resumed.Generation, resumed.StopReason));
            Assert.Equal(straight.BestPoint, resumed.BestPoint);
        }

        Assert.Equal(Bytes(straight), Bytes(resumed));
        Assert.True(straight.Generation > 5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Points_are_allowed_ones_and_repeat_until_values_are_told(string name)
    {
        IOptimizer optimizer = s_makers[name]();
        IReadOnlyList<double[]> first = optimizer.Ask(), again = optimizer.Ask();
        Assert.Equal(first, again);
        SearchSpace space = name is "penalty" ? SearchSpace.Box([1, -5, -5, -5], [4, 5, 5, 5]) : name is "resample" ? SearchSpace.Box(4, 0.5, 5) : s_mixed;
        Assert.All(first, point => Assert.True(space.Contains(point)));
        first[0][0] = 1e9; // a caller's copy is his own
        Assert.NotEqual(first, optimizer.Ask());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void NaN_and_infinite_values_neither_crash_nor_win(string name)
    {
        IOptimizer optimizer = s_makers[name]();
        for (int generation = 0; generation < 30 && optimizer.StopReason == StopReason.None; generation++)
        {
            IReadOnlyList<double[]> points = optimizer.Ask();
            Assert.All(points, point => Assert.All(point, v => Assert.True(double.IsFinite(v))));
            double[] values = new double[points.Count];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (i + generation) % 3 == 0 ? double.NaN : i % 3 == 1 ? double.PositiveInfinity : 5 + TestFunctions.Sphere(points[i]);
            }

            optimizer.Tell(points, values);
        }

        Assert.True(optimizer.BestValue is >= 5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Searches_of_nothing_but_NaN_end_without_a_best_point(string name)
    {
        IOptimizer optimizer = s_makers[name]();
        for (int generation = 0; generation < 20 && optimizer.StopReason == StopReason.None; generation++)
        {
            IReadOnlyList<double[]> points = optimizer.Ask();
            optimizer.Tell(points, [.. points.Select(_ => double.NaN)]);
        }

        Assert.Null(optimizer.BestPoint);
        Assert.Equal(double.PositiveInfinity, optimizer.BestValue);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Wrong_calls_are_told_in_one_sentence(string name)
    {
        IOptimizer optimizer = s_makers[name]();
        Assert.Contains("call Ask before Tell", Assert.Throws<InvalidOperationException>(() => optimizer.Tell([], [])).Message, StringComparison.Ordinal);
        IReadOnlyList<double[]> points = optimizer.Ask();
        Assert.Contains("values were told", Assert.Throws<ArgumentException>(() => optimizer.Tell(points, new double[points.Count + 1])).Message, StringComparison.Ordinal);
        double[][] changed = [.. points.Select(point => point.Select(v => v + 1).ToArray())];
        Assert.Contains("unchanged", Assert.Throws<ArgumentException>(() => optimizer.Tell(changed, new double[points.Count])).Message, StringComparison.Ordinal);
        optimizer.Tell(points, [.. points.Select(_ => double.NegativeInfinity)]);
        Assert.Equal(StopReason.Target, optimizer.StopReason);
        Assert.Contains("Target", Assert.Throws<InvalidOperationException>(optimizer.Ask).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Damaged_files_are_refused(string name)
    {
        byte[] bytes = Bytes(s_makers[name]());
        for (int i = 0; i < bytes.Length; i += 1 + (bytes.Length / 97))
        {
            byte[] flipped = [.. bytes];
            flipped[i] ^= 0x41;
            Assert.Throws<InvalidDataException>(() => OptimizerFile.Load(new MemoryStream(flipped)));
            Assert.Throws<InvalidDataException>(() => OptimizerFile.Load(new MemoryStream(bytes[..i])));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Threads_do_not_change_the_result(string name)
    {
        IOptimizer one = s_makers[name](), many = s_makers[name]();
        Assert.Equal(one.Minimize(TestFunctions.Ellipsoid), many.Minimize(TestFunctions.Ellipsoid, threads: 3));
        Assert.Equal(one.BestPoint, many.BestPoint);
        Assert.Equal(Bytes(one), Bytes(many));
    }

    [Fact]
    public void A_search_that_ran_out_of_time_stays_ended()
    {
        var search = new CoordinateSearch(new DirectOptions { Start = [3, 2], Step = 0.7, Termination = new TerminationOptions { Timeout = 0.02 } });
        search.Tell(search.Ask(), [5]);
        if (search.StopReason == StopReason.None)
        {
            Thread.Sleep(30);
            search.Tell(search.Ask(), [4]);
        }

        Assert.Equal(StopReason.Timeout, search.StopReason);
        Assert.Equal(StopReason.Timeout, Reload(search).StopReason);
        Assert.Equal(Bytes(search), Bytes(Reload(search)));
    }

    [Fact]
    public void Files_are_written_whole_and_read_back()
    {
        string path = Path.Combine(Path.GetTempPath(), $"lowbit-search-{Environment.ProcessId}.bin");
        try
        {
            var optimizer = new CmaEs(Options());
            OptimizerFile.Save(optimizer, path);
            Assert.Equal(Bytes(optimizer), Bytes(OptimizerFile.Load(path)));
            Assert.False(File.Exists(path + ".tmp"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static CmaOptions Options() => new() { Mean = [3, 2, 3, 1], Sigma = 0.7, Space = s_mixed, Seed = 11, Termination = s_limit };

    private static Optimizer Reload(IOptimizer optimizer) => OptimizerFile.Load(new MemoryStream(Bytes(optimizer)));

    private static byte[] Bytes(IOptimizer optimizer)
    {
        var stream = new MemoryStream();
        optimizer.Save(stream);
        return stream.ToArray();
    }
}
