using System.Globalization;
using System.Net;
using System.Text;
using LowBit.Cli.Loading;
using LowBit.Nn.Training;

namespace LowBit.Cli.Pictures;

/// <summary>Accuracy and loss of many runs on one self-contained picture: two charts for each data set, with the names below.</summary>
internal static class CurveSheet
{
    private const double Margin = 12;
    private const double LegendRow = 20;
    private const double LegendColumn = 380;
    private const int LegendColumns = 3;

    /// <summary>The picture as one svg element.</summary>
    /// <param name="runs">The runs, those of one data set one after the other.</param>
    public static string Draw(IReadOnlyList<RunFolder> runs)
    {
        double width = (2 * LineChart.Width) + (3 * Margin), y = Margin;
        var body = new StringBuilder();
        foreach (IGrouping<string, RunFolder> group in runs.GroupBy(run => run.Recipe.Data.Set))
        {
            List<RunFolder> members = [.. group];
            Place(body, Margin, y, LineChart.Draw(
                $"{group.Key}: test accuracy", "epoch", Percent, Lines(members, runs, epoch => epoch.TestAccuracy), withLegend: false));
            Place(body, (2 * Margin) + LineChart.Width, y, LineChart.Draw(
                $"{group.Key}: training loss", "epoch", Number, Lines(members, runs, epoch => epoch.TrainLoss), withLegend: false));
            y += LineChart.Height + Margin;
            for (int i = 0; i < members.Count; i++)
            {
                double x = Margin + (LegendColumn * (i % LegendColumns)), at = y + (LegendRow * (i / LegendColumns));
                body.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x}\" x2=\"{x + 26}\" y1=\"{at + 8}\" y2=\"{at + 8}\" stroke-width=\"3\" class=\"{Svg.Stroke(i)}\"/>");
                body.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + 32}\" y=\"{at + 12}\" class=\"a\">{WebUtility.HtmlEncode(members[i].Label(runs))}</text>");
            }

            y += (LegendRow * ((members.Count + LegendColumns - 1) / LegendColumns)) + (2 * Margin);
        }

        return $"{Svg.Open(width, y, "Test accuracy and training loss by epoch")}{body}</svg>\n";
    }

    private static List<Series> Lines(List<RunFolder> members, IReadOnlyList<RunFolder> all, Func<EpochMetrics, double?> value)
        => [.. members.Select((run, i) => new Series(
            run.Label(all), i, [.. run.Epochs.Where(epoch => value(epoch) is not null).Select(epoch => ((double)epoch.Epoch, value(epoch)!.Value))]))];

    private static void Place(StringBuilder body, double x, double y, string chart)
        => body.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate({x} {y})\">{chart}</g>");

    private static string Percent(double share) => (100 * share).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
