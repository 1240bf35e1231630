using System.Globalization;
using System.Text;

namespace LowBit.Cli.Documents;

/// <summary>Rows of results as a markdown page.</summary>
internal static class ResultsTable
{
    /// <summary>The page.</summary>
    /// <param name="rows">The runs, in order.</param>
    /// <param name="source">The folder that was read, for the page's first line.</param>
    /// <param name="curves">Address of the picture, relative to the page; null for none.</param>
    public static string Draw(IReadOnlyList<ResultRow> rows, string source, string? curves)
    {
        List<string> machines = [.. rows.SelectMany(row => row.Machines).Distinct()];
        var page = new StringBuilder("# Results\n\n");
        Text(page, $"Read from the runs in `{source.Replace('\\', '/')}/` by `lowbit results`; do not edit by hand. Accuracies are on the test images. ");
        page.Append("Best and final have the recipe's own bits. \"To float\" is the best accuracy less that of the float run of the same data, model, epochs and seed; of several, one of the same start, then the best. ");
        page.Append("Images per second are those of training, the median over the epochs. A recipe hash is the start of the SHA-256 of the recipe with every key written out; ");
        page.Append("the same recipe, seed and commit give the same weights on any number of threads.\n\n");
        page.Append("| recipe | data | bits | epochs | best | final | to float | images/s | wall time | seed | recipe hash | commit | machine |\n");
        page.Append("|---|---|---|---:|---:|---:|---:|---:|---:|---:|---|---|---|\n");
        foreach (ResultRow row in rows)
        {
            Row(page, row, machines);
        }

        List<string> ends = [.. rows.Where(row => row.Ends is not null).Select(row => row.Ends!).Distinct()];
        page.Append('\n');
        foreach (string end in ends)
        {
            string names = ends.Count == 1 ? "All quantized runs" : string.Join(", ", rows.Where(row => row.Ends == end).Select(row => Cell(row.Recipe)).Distinct());
            Text(page, $"* {names}: {end} bits; the image has 8.\n");
        }

        for (int i = 0; i < machines.Count; i++)
        {
            Text(page, $"* Machine {Letter(i)}: {Cell(machines[i])}.\n");
        }

        if (curves is not null)
        {
            Text(page, $"\n![Test accuracy and training loss by epoch]({curves})\n");
        }

        return page.ToString();
    }

    private static void Row(StringBuilder page, ResultRow row, List<string> machines)
    {
        string epochs = row.Epochs == row.EpochsAsked ? $"{row.Epochs}" : $"{row.Epochs} of {row.EpochsAsked}";
        string best = row.BestAccuracy is null ? "" : $"{Percent(row.BestAccuracy)} ({row.BestEpoch})";
        string commit = string.Join(" ", row.Commits.Select(text => text[..Math.Min(8, text.Length)]));
        string machine = string.Join(" ", row.Machines.Select(text => Letter(machines.IndexOf(text))));
        Text(page, $"| {Cell(row.Recipe)} | {Cell(row.Data)} | {row.Bits} | {epochs} | {best} | {Percent(row.FinalAccuracy)} | {Points(row.ToFloat)} ");
        Text(page, $"| {row.ImagesPerSecond:N0} | {Duration(row.Seconds)} | {row.Seed} | `{row.RecipeHash[..Math.Min(8, row.RecipeHash.Length)]}` | {commit} | {machine} |\n");
    }

    private static string Percent(double? share) => share is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{share * 100:F2} %");

    private static string Points(double? share) => share is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{share * 100:+0.00;-0.00;0.00}");

    private static string Duration(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Round(seconds));
        return time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes:00} min")
            : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds:00} s");
    }

    // A, B, …, Z, AA, AB, …
    private static string Letter(int index) => (index < 26 ? "" : Letter((index / 26) - 1)) + (char)('A' + (index % 26));

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static void Text(StringBuilder page, FormattableString text) => page.Append(text.ToString(CultureInfo.InvariantCulture));
}
