using LowBit.Search.Direct;
using Xunit;
using Xunit.Abstractions;

namespace LowBit.Search.Tests.Direct;

public class DirectSearchTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("sphere", 1)]
    [InlineData("sphere", 10)]
    [InlineData("ellipsoid", 10)]
    [InlineData("Rosenbrock", 5)]
    public void Powell_solves_smooth_functions(string name, int n)
    {
        Func<double[], double> function = name switch { "sphere" => TestFunctions.Sphere, "ellipsoid" => TestFunctions.Ellipsoid, _ => TestFunctions.Rosenbrock };
        var search = new Powell(new DirectOptions { Start = [.. Enumerable.Repeat(name == "Rosenbrock" ? 0.0 : 3.0, n)], Step = 0.5, Termination = new TerminationOptions { MaxEvaluations = 20_000 } });
        search.Minimize(function);
        output.WriteLine($"{name} {n}: {search.BestValue} after {search.Evaluations}, {search.StopReason}");
        Assert.InRange(search.BestValue, 0, 1e-10);
        Assert.Equal(StopReason.Converged, search.StopReason);
    }

    [Fact]
    public void Coordinate_search_ends_without_a_smallest_step()
    {
        var search = new CoordinateSearch(new DirectOptions { Start = [3, 2], Step = 0.7, Termination = new TerminationOptions { TolX = 0 } });
        search.Minimize(TestFunctions.Sphere);
        Assert.Equal(StopReason.Converged, search.StopReason);
        Assert.InRange(search.BestValue, 0, 1e-10);
    }

    [Fact]
    public void Powell_learns_a_direction_that_couples_coordinates()
    {
        static double Objective(double[] x) => (1000 * (x[0] - x[1]) * (x[0] - x[1])) + ((x[0] + x[1] - 2) * (x[0] + x[1] - 2));
        var powell = new Powell(new DirectOptions { Start = [5, -3], Step = 1 });
        var coordinate = new CoordinateSearch(new DirectOptions { Start = [5, -3], Step = 1 });
        double powellNeeds = Runs.EvaluationsUntil(powell, Objective, 1e-8), coordinateNeeds = Runs.EvaluationsUntil(coordinate, Objective, 1e-8);
        output.WriteLine($"Powell {powellNeeds}, coordinate search {coordinateNeeds}");
        Assert.InRange(powellNeeds, 1, coordinateNeeds / 4);
    }

    [Fact]
    public void Bounds_limit_the_lines()
    {
        SearchSpace space = SearchSpace.Box([1, -5, 1], [4, 5, 1]);
        foreach (Optimizer search in new Optimizer[] { new Powell(Options()), new CoordinateSearch(Options()) })
        {
            search.Minimize(x => space.Contains(x) ? TestFunctions.Sphere(x) : throw new InvalidOperationException("outside"));
            Assert.InRange(search.BestValue, 2, 2 + 1e-8);
            Assert.Equal(StopReason.Converged, search.StopReason);
        }

        DirectOptions Options() => new() { Start = [4, 3, 1], Step = 1, Space = space };
    }

    [Fact]
    public void Coordinate_search_steps_through_lists_and_ends_where_no_neighbour_is_better()
    {
        SearchSpace space = SearchSpace.Unbounded(3).WithValues(0, 2, 3, 4, 8).WithIntegers(1, -100, 100);
        var search = new CoordinateSearch(new DirectOptions { Start = [2, -90, 1], Step = 1, Space = space });
        search.Minimize(x => Math.Abs(x[0] - 7) + Math.Abs(x[1] - 37) + (x[2] * x[2]));
        Assert.Equal(8, search.BestPoint![0]);
        Assert.Equal(37, search.BestPoint[1]);
        Assert.InRange(search.BestValue, 1, 1 + 1e-12);
        Assert.Equal(StopReason.Converged, search.StopReason);
    }

    [Fact]
    public void Flat_functions_end_at_once_or_after_the_steps_have_shrunk()
    {
        var powell = new Powell(new DirectOptions { Start = [1, 2], Step = 1 });
        powell.Minimize(_ => 3);
        Assert.Equal(StopReason.Converged, powell.StopReason);
        var coordinate = new CoordinateSearch(new DirectOptions { Start = [1, 2], Step = 1 });
        coordinate.Minimize(_ => 3);
        Assert.InRange(coordinate.Evaluations, 100, 200); // 2 n log2(1 / 1e-11) = 146
    }
}
