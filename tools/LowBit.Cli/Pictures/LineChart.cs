using System.Globalization;
using System.Net;
using System.Text;

namespace LowBit.Cli.Pictures;

/// <summary>Draws lines over a common axis as SVG text. Colours are CSS variables of the page, with fixed fall-backs for a file by itself.</summary>
internal static class LineChart
{
    /// <summary>Width of a chart.</summary>
    public const double Width = 560;

    /// <summary>Height of a chart.</summary>
    public const double Height = 300;

    private const double Left = 58;
    private const double Right = 16;
    private const double Top = 34;
    private const double Bottom = 44;

    /// <summary>The chart as one svg element.</summary>
    /// <param name="title">Above the chart.</param>
    /// <param name="xTitle">Below the axis.</param>
    /// <param name="yText">A value as text.</param>
    /// <param name="lines">The lines; those without points are left out.</param>
    /// <param name="withLegend">Names at the top right; false where they stand elsewhere.</param>
    public static string Draw(string title, string xTitle, Func<double, string> yText, IReadOnlyList<Series> lines, bool withLegend = true)
    {
        var all = lines.SelectMany(line => line.Points).DefaultIfEmpty().ToList();
        double xLow = all.Min(point => point.X);
        double xHigh = Math.Max(all.Max(point => point.X), xLow + 1);
        (double yLow, double yHigh, double step) = Ticks(all.Min(point => point.Y), all.Max(point => point.Y));
        double X(double x) => Left + ((x - xLow) / (xHigh - xLow) * (Width - Left - Right));
        double Y(double y) => Height - Bottom - ((y - yLow) / (yHigh - yLow) * (Height - Top - Bottom));
        var svg = new StringBuilder();
        svg.Append(Svg.Open(Width, Height, title));
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"18\" class=\"t\">{WebUtility.HtmlEncode(title)}</text>");
        for (double y = yLow; y <= yHigh + (step / 2); y += step)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(y):F1}\" y2=\"{Y(y):F1}\" class=\"g\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{Y(y) + 4:F1}\" class=\"a\" text-anchor=\"end\">{yText(y)}</text>");
        }

        double xStep = Math.Max(1, Math.Ceiling((xHigh - xLow) / 10));
        for (double x = Math.Ceiling(xLow); x <= xHigh; x += xStep)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(x):F1}\" y=\"{Height - Bottom + 18}\" class=\"a\" text-anchor=\"middle\">{x}</text>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 8}\" class=\"a\" text-anchor=\"middle\">{WebUtility.HtmlEncode(xTitle)}</text>");
        for (int i = 0; i < lines.Count; i++)
        {
            Line(svg, lines[i], X, Y);
            if (!withLegend)
            {
                continue;
            }

            double at = Width - Right - (130 * (lines.Count - i));
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{at}\" y=\"9\" width=\"12\" height=\"12\" rx=\"2\" class=\"{Svg.Fill(lines[i].Color)}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{at + 17}\" y=\"19\" class=\"a\">{WebUtility.HtmlEncode(lines[i].Name)}</text>");
        }

        return svg.Append("</svg>").ToString();
    }

    private static void Line(StringBuilder svg, Series line, Func<double, double> x, Func<double, double> y)
    {
        var path = string.Join(" ", line.Points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{x(point.X):F1},{y(point.Y):F1}")));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{path}\" fill=\"none\" stroke-width=\"2\" class=\"{Svg.Stroke(line.Color)}\"/>");
        foreach ((double px, double py) in line.Points)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x(px):F1}\" cy=\"{y(py):F1}\" r=\"3\" class=\"{Svg.Fill(line.Color)}\"/>");
        }
    }

    /// <summary>A range of round numbers around the values, with a step of 1, 2 or 5 times a power of ten.</summary>
    internal static (double Low, double High, double Step) Ticks(double low, double high)
    {
        double span = Math.Max(high - low, Math.Max(Math.Abs(high) * 0.01, 1e-9));
        double raw = span / 5;
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = (raw / power) switch
        {
            <= 1 => power,
            <= 2 => 2 * power,
            <= 5 => 5 * power,
            _ => 10 * power,
        };
        double first = Math.Floor(low / step) * step;
        double last = Math.Ceiling(high / step) * step;
        return (first, last > first ? last : first + step, step);
    }
}
