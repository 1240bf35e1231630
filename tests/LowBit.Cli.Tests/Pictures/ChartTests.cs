using System.Xml.Linq;
using LowBit.Cli.Pictures;
using Xunit;

namespace LowBit.Cli.Tests.Pictures;

public class ChartTests
{
    [Theory]
    [InlineData(0, 1, 0, 1, 0.2)]
    [InlineData(0.912, 0.987, 0.9, 1, 0.02)]
    [InlineData(3, 47, 0, 50, 10)]
    [InlineData(3, 3, 3, 3.01, 0.01)]
    public void Ticks_are_round_and_hold_the_values(double low, double high, double first, double last, double step)
    {
        (double actualFirst, double actualLast, double actualStep) = LineChart.Ticks(low, high);
        Assert.InRange(actualFirst, double.NegativeInfinity, low);
        Assert.InRange(actualLast, high, double.PositiveInfinity);
        Assert.Equal(step, actualStep, 9);
        Assert.Equal(first, actualFirst, 6);
        Assert.Equal(last, actualLast, 6);
    }

    [Fact]
    public void A_line_has_a_point_for_each_value_and_grows_upwards()
    {
        XElement svg = XElement.Parse(LineChart.Draw("a < b", "x", y => $"{y}", [new Series("s", 0, [(1, 0), (2, 5), (3, 10)])]));
        string[] points = Single(svg, "polyline").Attribute("points")!.Value.Split(' ');
        Assert.Equal(3, points.Length);
        double[] heights = [.. points.Select(point => double.Parse(point.Split(',')[1], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.True(heights[0] > heights[1] && heights[1] > heights[2]);
    }

    [Fact]
    public void A_bar_is_as_long_as_its_value()
    {
        XElement svg = XElement.Parse(BarChart.Draw("t", 1, [("<a>", 10, "ten"), ("b", 5, "five")]));
        double[] widths = [.. svg.Elements().Where(e => e.Name.LocalName == "rect").Select(e => (double)e.Attribute("width")!)];
        Assert.Equal(2, widths[0] / widths[1], 2);
    }

    private static XElement Single(XElement svg, string name) => svg.Elements().Single(element => element.Name.LocalName == name);
}
