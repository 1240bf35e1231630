using System.Globalization;
using System.Net;
using System.Text;
using LowBit.Cli.Documents;

namespace LowBit.Cli.Pictures;

/// <summary>The chosen kernel of every layer and pair as bars, grouped by layer, with the int8 ceiling as a line.</summary>
internal static class KernelChart
{
    private const double Width = 900;
    private const double Left = 190;
    private const double Right = 150;
    private const double RowHeight = 18;
    private const double HeadHeight = 22;
    private const double Top = 56;

    /// <summary>The chart as one svg document.</summary>
    public static string Draw(KernelsDocument document)
    {
        List<IGrouping<string, KernelRowDocument>> layers = [.. document.Rows.Where(row => row.Chosen || row.Pair == "fp32").GroupBy(row => row.Layer)];
        double most = Math.Max(document.Int8CeilingGops, layers.SelectMany(layer => layer).Max(row => row.Gops));
        double height = Top + layers.Sum(layer => HeadHeight + (RowHeight * layer.Count())) + 20;
        string title = string.Create(
            CultureInfo.InvariantCulture, $"GOP/s of the chosen kernels, {document.Threads} thread(s), {document.Processor}, {document.Isa}");
        var svg = new StringBuilder(Svg.Open(Width, height, title));
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{height}\" fill=\"var(--paper,#fff)\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"16\" y=\"22\" class=\"t\">{WebUtility.HtmlEncode(title)}</text>");
        double scale = (Width - Left - Right) / most, ceiling = Left + (document.Int8CeilingGops * scale), y = Top;
        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{ceiling:F1}\" y1=\"{Top - 8}\" x2=\"{ceiling:F1}\" y2=\"{height - 14}\" class=\"g\" stroke-dasharray=\"4 3\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{ceiling:F1}\" y=\"{Top - 14}\" class=\"a\" text-anchor=\"middle\">int8 ceiling {document.Int8CeilingGops:F0}</text>");
        foreach (IGrouping<string, KernelRowDocument> layer in layers)
        {
            KernelRowDocument first = layer.First();
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"16\" y=\"{y + 15:F1}\" class=\"t\">{WebUtility.HtmlEncode(layer.Key)}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"{y + 15:F1}\" class=\"a\">{first.M} x {first.N} x {first.K}</text>");
            y += HeadHeight;
            foreach (KernelRowDocument row in layer)
            {
                double length = Math.Max(1, row.Gops * scale);
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{y + 12:F1}\" class=\"a\" text-anchor=\"end\">{row.Pair} {WebUtility.HtmlEncode(Family(row.Key))}</text>");
                svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Left}\" y=\"{y + 2:F1}\" width=\"{length:F1}\" height=\"12\" rx=\"2\" class=\"f{Color(row.Key)}\"/>");
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + length + 6:F1}\" y=\"{y + 12:F1}\" class=\"a\">{row.Gops:F0} ({row.RatioToInt8:F2} x int8)</text>");
                y += RowHeight;
            }
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static string Family(string key) => key.Split('_')[0];

    private static int Color(string key) => Family(key) switch
    {
        "dot8" => 0,
        "lut" => 1,
        "gemv" or "depthwise" => 2,
        _ => 3,
    };
}
