using LowBit.Search.Cma;
using LowBit.Search.Direct;
using Xunit;

namespace LowBit.Search.Tests;

public class SearchSpaceTests
{
    [Fact]
    public void Fixed_coordinates_are_left_out_of_the_search_but_not_of_the_points()
    {
        SearchSpace space = SearchSpace.Box([-5, 2, -5, 7], [5, 2, 5, 7]).WithValues(2, 4);
        var search = new CmaEs(new CmaOptions { Mean = [3, 2, 4, 7], Sigma = 1, Space = space, Seed = 1 });
        Assert.Equal(1, search.Constants.Dimension);
        Assert.Equal(4, search.Dimension);
        search.Minimize(x => x[0] * x[0]);
        Assert.Equal([2.0, 4, 7], search.BestPoint![1..]);
        Assert.InRange(search.BestValue, 0, 1e-10);
    }

    [Fact]
    public void Values_round_to_the_nearest_and_on_a_tie_to_the_lower()
    {
        var coordinates = new Coordinates(SearchSpace.Unbounded(1).WithValues(0, 2, 3, 4, 8));
        Assert.Equal([2.0, 2, 3, 4, 4, 8, 8, 2], new[] { -9, 2.5, 2.6, 4.9, 6, 6.1, 99, double.NegativeInfinity }.Select(x => coordinates.Nearest(0, x)));
        Assert.Equal((1.0, 1.0, 4.0), (coordinates.Step(0, 2), coordinates.Step(0, 3), coordinates.Step(0, 8)));
        Assert.Equal((1.5, 10.0), (coordinates.Lower[0], coordinates.Upper[0]));
    }

    [Theory]
    [InlineData("no number lies between")]
    public void Impossible_boxes_are_named(string expected)
    {
        foreach ((double low, double high) in new[] { (2.0, 1.0), (double.NaN, 1), (0, double.NaN), (double.PositiveInfinity, double.PositiveInfinity) })
        {
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => SearchSpace.Box([low], [high])).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Impossible_lists_and_starts_are_named()
    {
        SearchSpace line = SearchSpace.Box(1, 0, 10);
        AssertSays("as many lower as upper", () => SearchSpace.Box([0], [1, 2]));
        AssertSays("must be finite and ascend", () => line.WithValues(0, 1, 1));
        AssertSays("is empty", () => line.WithValues(0));
        AssertSays("no coordinate 1", () => line.WithValues(1, 2));
        AssertSays("smaller bound first", () => line.WithIntegers(0, 3, 2));
        AssertSays("every coordinate of the space is fixed", () => new CmaEs(new CmaOptions { Mean = [1], Sigma = 1, Space = SearchSpace.Box(1, 1, 1) }));
        AssertSays("outside its bounds", () => new CmaEs(new CmaOptions { Mean = [11], Sigma = 1, Space = line }));
        AssertSays("outside its bounds", () => new CmaEs(new CmaOptions { Mean = [double.NaN], Sigma = 1 }));
        AssertSays("above 0", () => new CmaEs(new CmaOptions { Mean = [1], Sigma = 0 }));
        AssertSays("above 0", () => new CmaEs(new CmaOptions { Mean = [1], Sigma = 1, Scales = [-1] }));
        AssertSays("of one dimension", () => new CmaEs(new CmaOptions { Mean = [1, 2], Sigma = 1, Space = line }));
        AssertSays("of one dimension", () => new CoordinateSearch(new DirectOptions { Start = [], Step = 1 }));
        AssertSays("at least 2 points", () => new CmaEs(new CmaOptions { Mean = [1], Sigma = 1, PopulationSize = 1 }));
        AssertSays("margin between 0 and 0.5", () => new CmaEs(new CmaOptions { Mean = [1], Sigma = 1, Margin = 0.7 }));
        AssertSays("at least one direction", () => new LmMaEs(new LmMaOptions { Mean = [1], Sigma = 1, Directions = 0 }));
    }

    private static void AssertSays(string part, Func<object> make)
        => Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);
}
