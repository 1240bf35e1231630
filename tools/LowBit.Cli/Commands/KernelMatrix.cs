using System.Globalization;
using LowBit.Cli.Documents;
using LowBit.Cli.Hosting;
using LowBit.Cli.Loading;
using Spectre.Console;

namespace LowBit.Cli.Commands;

/// <summary>A measurement of many pairs on one page: for each layer the chosen kernels' speed against int8, and where another kernel was faster than the chosen one.</summary>
internal static class KernelMatrix
{
    // Fastest times of one run differ by so much without a reason.
    private const double Noise = 1.05;

    /// <summary>Writes the tables.</summary>
    public static void Show(CommandContext context, KernelsDocument document)
    {
        foreach (IGrouping<string, KernelRowDocument> layer in document.Rows.GroupBy(row => row.Layer))
        {
            var rows = layer.Where(row => row.Pair.Length == 4 && row.Pair[0] == 'w').ToList();
            var table = context.NewTable().Title(Markup.Escape(layer.Key));
            table.AddColumn("x int8");
            for (int a = 1; a <= 8; a++)
            {
                table.AddColumn(new TableColumn(Number($"a{a}")).RightAligned());
            }

            for (int w = 1; w <= 8; w++)
            {
                var cells = new List<string> { Number($"w{w}") };
                for (int a = 1; a <= 8; a++)
                {
                    KernelRowDocument? chosen = rows.Find(row => row.Chosen && row.Pair == BitPairs.Word(w, a));
                    cells.Add(chosen is null ? "" : Number($"{chosen.RatioToInt8:F2}"));
                }

                table.AddRow([.. cells]);
            }

            context.Console.Write(table);
            foreach (KernelRowDocument chosen in rows.Where(row => row.Chosen))
            {
                KernelRowDocument best = rows.Where(row => row.Pair == chosen.Pair).MinBy(row => row.MinimumMilliseconds)!;
                if (chosen.MinimumMilliseconds > Noise * best.MinimumMilliseconds)
                {
                    context.Console.Write(new Text(Number(
                        $"{layer.Key} {chosen.Pair}: {chosen.Key} takes {chosen.MinimumMilliseconds:F4} ms, {best.Key} {best.MinimumMilliseconds:F4} ms\n")));
                }
            }
        }
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
