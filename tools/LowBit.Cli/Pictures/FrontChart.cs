using System.Globalization;
using System.Net;
using System.Text;
using LowBit.Methods.Allocation;

namespace LowBit.Cli.Pictures;

/// <summary>Draws what a search judged: bytes to the right, accuracy upwards, the Pareto front as a stair.</summary>
internal static class FrontChart
{
    private const double Width = 640;
    private const double Height = 380;
    private const double Left = 64;
    private const double Right = 20;
    private const double Top = 40;
    private const double Bottom = 48;

    /// <summary>The picture as one svg element.</summary>
    /// <param name="title">Above the chart.</param>
    /// <param name="points">Everything judged, at least one.</param>
    /// <param name="front">Those that no other dominates, by ascending bytes.</param>
    /// <param name="chosen">The choice, or null.</param>
    public static string Draw(string title, IReadOnlyList<ParetoPoint> points, IReadOnlyList<ParetoPoint> front, BitAllocation? chosen)
    {
        (double xLow, double xHigh, double xStep) = LineChart.Ticks(points.Min(KiB), points.Max(KiB));
        (double yLow, double yHigh, double yStep) = LineChart.Ticks(points.Min(static p => p.Accuracy * 100), points.Max(static p => p.Accuracy * 100));
        double X(ParetoPoint p) => Left + ((KiB(p) - xLow) / (xHigh - xLow) * (Width - Left - Right));
        double Y(ParetoPoint p) => Height - Bottom - (((p.Accuracy * 100) - yLow) / (yHigh - yLow) * (Height - Top - Bottom));
        var svg = new StringBuilder(Svg.Open(Width, Height, title));
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"22\" class=\"t\">{WebUtility.HtmlEncode(title)}</text>");
        for (double y = yLow; y <= yHigh + (yStep / 2); y += yStep)
        {
            double at = Height - Bottom - ((y - yLow) / (yHigh - yLow) * (Height - Top - Bottom));
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{at:F1}\" y2=\"{at:F1}\" class=\"g\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{at + 4:F1}\" class=\"a\" text-anchor=\"end\">{Math.Round(y, 3)} %</text>");
        }

        for (double x = xLow; x <= xHigh + (xStep / 2); x += xStep)
        {
            double at = Left + ((x - xLow) / (xHigh - xLow) * (Width - Left - Right));
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{at:F1}\" y=\"{Height - Bottom + 18}\" class=\"a\" text-anchor=\"middle\">{Math.Round(x, 3)}</text>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 8}\" class=\"a\" text-anchor=\"middle\">KiB of packed weights; accuracy on training images, not retrained</text>");
        Stair(svg, front, X, Y);
        foreach (ParetoPoint point in points)
        {
            bool isOnFront = front.Any(other => other.Bits == point.Bits), isChosen = point.Bits == chosen;
            string color = Svg.Fill(isChosen ? 1 : isOnFront ? 0 : 7);
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(point):F1}\" cy=\"{Y(point):F1}\" r=\"{(isChosen ? 6 : 4)}\" class=\"{color}\"><title>{Label(point)}</title></circle>");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static double KiB(ParetoPoint point) => point.Cost.Bytes / 1024;

    // Between two points of the front nothing better is known than the smaller one.
    private static void Stair(StringBuilder svg, IReadOnlyList<ParetoPoint> front, Func<ParetoPoint, double> x, Func<ParetoPoint, double> y)
    {
        var path = new List<string>();
        double height = double.PositiveInfinity;
        foreach (ParetoPoint point in front)
        {
            if (y(point) >= height)
            {
                continue;
            }

            if (path.Count > 0)
            {
                path.Add(string.Create(CultureInfo.InvariantCulture, $"{x(point):F1},{height:F1}"));
            }

            height = y(point);
            path.Add(string.Create(CultureInfo.InvariantCulture, $"{x(point):F1},{height:F1}"));
        }

        svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{string.Join(" ", path)}\" fill=\"none\" stroke-width=\"2\" class=\"{Svg.Stroke(0)}\"/>");
    }

    private static string Label(ParetoPoint point)
        => string.Create(CultureInfo.InvariantCulture, $"{point.Bits}: {point.Accuracy * 100:F2} %, {point.Cost.Bytes:N0} bytes of weights, {point.Cost.ActivationBytes:N0} of activations, {point.Cost.BitOperations / 1e9:F2} GBOP");
}
