using System.Globalization;
using System.Net;
using System.Text;

namespace LowBit.Cli.Pictures;

/// <summary>Draws one horizontal bar per row as SVG text, with the value written behind it.</summary>
internal static class BarChart
{
    private const double Width = 560;
    private const double RowHeight = 24;
    private const double Left = 130;
    private const double Right = 120;
    private const double Top = 34;

    /// <summary>The chart as one svg element.</summary>
    public static string Draw(string title, int color, IReadOnlyList<(string Name, double Value, string Text)> rows)
    {
        double height = Top + (RowHeight * rows.Count) + 10;
        double most = Math.Max(rows.Max(row => row.Value), 1e-12);
        var svg = new StringBuilder();
        svg.Append(Svg.Open(Width, height, title));
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"18\" class=\"t\">{WebUtility.HtmlEncode(title)}</text>");
        for (int i = 0; i < rows.Count; i++)
        {
            double y = Top + (i * RowHeight);
            double length = Math.Max(1, rows[i].Value / most * (Width - Left - Right));
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{y + 15:F1}\" class=\"a\" text-anchor=\"end\">{WebUtility.HtmlEncode(rows[i].Name)}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Left}\" y=\"{y + 3:F1}\" width=\"{length:F1}\" height=\"16\" rx=\"2\" class=\"f{color}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + length + 6:F1}\" y=\"{y + 15:F1}\" class=\"a\">{WebUtility.HtmlEncode(rows[i].Text)}</text>");
        }

        return svg.Append("</svg>").ToString();
    }
}
