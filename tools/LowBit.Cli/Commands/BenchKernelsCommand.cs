using System.CommandLine;
using System.Globalization;
using LowBit.Cli.Documents;
using LowBit.Cli.Hosting;
using LowBit.Cli.Loading;
using LowBit.Cli.Pictures;
using LowBit.Kernels.Files;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Tuning;
using Spectre.Console;

namespace LowBit.Cli.Commands;

/// <summary>bench kernels: every registered kernel on a list of layers, in turns with the int8 and the float32 kernel.</summary>
internal static class BenchKernelsCommand
{
    private const string DefaultPairs = "w8a8,w4a8,w4a4,w2a2,w1a2,w1a1";
    private const int LeastRounds = 20;

    private static readonly Option<string> s_pairs = new("--pairs") { Description = "Widths to measure, for example w2a2,w4a8; or all", DefaultValueFactory = _ => DefaultPairs };
    private static readonly Option<string?> s_shapes = new("--shapes") { Description = "Shape list; else the layers of bench/shapes/kernels.txt" };
    private static readonly Option<string?> s_layers = new("--layers") { Description = "Only layers whose name contains this" };
    private static readonly Option<int> s_rounds = new("--rounds") { Description = "Rounds of each layer, 20 or more", DefaultValueFactory = _ => 30 };
    private static readonly Option<bool> s_matrix = new("--matrix") { Description = "Show the chosen kernels' ratios to int8 alone, weights by activations" };
    private static readonly Option<string?> s_chart = new("--chart") { Description = "Draw the chosen kernels into this SVG file" };

    public static CommandDefinition Define()
        => new(new Command("kernels", "Measure every integer kernel against int8, float32 and the ceiling, which is the peak of as many threads; on one thread unless --threads says more") { s_pairs, s_shapes, s_layers, s_rounds, s_matrix, s_chart }, Run);

    private static int Run(CommandContext context)
    {
        IReadOnlyList<(int Weights, int Activations)> pairs = BitPairs.Parse(context.Parse.GetValue(s_pairs)!);
        int rounds = context.Parse.GetValue(s_rounds);
        if (rounds is < LeastRounds or > 100_000)
        {
            throw new UsageException($"--rounds is {rounds}; it must be {LeastRounds} to 100000");
        }

        if (CpuFeatures.Best == Isa.Scalar)
        {
            throw new UsageException($"{CpuFeatures.LimitVariable} limits this process to scalar code, which has no ceiling to compare with; unset it");
        }

        string filter = context.Parse.GetValue(s_layers) ?? "";
        List<NamedLayer> layers = [.. LayerLists.Read(context.Parse.GetValue(s_shapes)).Where(layer => layer.Name.Contains(filter, StringComparison.Ordinal))];
        if (layers.Count == 0)
        {
            throw new UsageException($"no layer's name contains '{filter}'");
        }

        string? chart = context.Parse.GetValue(s_chart);
        if (chart is not null)
        {
            CommandContext.RequireFolderOf(chart);
        }

        using var measurement = new KernelComparison(context.ThreadsOr(1), rounds);
        foreach (NamedLayer layer in layers)
        {
            context.Log($"measuring {layer.Name}");
            measurement.Add(layer, pairs, context.Stop);
        }

        KernelsDocument document = measurement.Document();
        if (chart is not null)
        {
            AtomicFile.Write(chart, System.Text.Encoding.UTF8.GetBytes(KernelChart.Draw(document)));
            context.Log($"wrote {chart}");
        }

        if (context.IsJson)
        {
            context.WriteJson(document, JsonDocuments.Default.KernelsDocument);
        }
        else if (context.Parse.GetValue(s_matrix))
        {
            KernelMatrix.Show(context, document);
        }
        else
        {
            Show(context, document);
        }

        return ExitCode.Success;
    }

    private static void Show(CommandContext context, KernelsDocument document)
    {
        var table = context.NewTable();
        foreach (string left in (string[])["layer", "kernel"])
        {
            table.AddColumn(new TableColumn(left).NoWrap());
        }

        foreach (string right in (string[])["min ms", "median ms", "GOP/s", "% of ceiling", "x int8", "x fp32"])
        {
            table.AddColumn(new TableColumn(right).RightAligned());
        }

        foreach (KernelRowDocument row in document.Rows)
        {
            table.AddRow(
                Markup.Escape(row.Layer), Markup.Escape((row.Chosen ? "* " : "  ") + row.Key), Number(row.MinimumMilliseconds, "F4"), Number(row.MedianMilliseconds, "F4"), Number(row.Gops, "F1"),
                Number(row.PercentOfCeiling, "F0"), Number(row.RatioToInt8, "F2"), Number(row.RatioToFp32, "F2"));
        }

        context.Console.Write(table);
        context.Console.Write(new Text(string.Create(
            CultureInfo.InvariantCulture,
            $"{document.Processor}, {document.Isa}, {document.Threads} thread(s), {document.Rounds} rounds; ceilings {document.Int8CeilingGops:F0} GOP/s (int8, widened at once), {document.FmaCeilingGflops:F0} GFLOP/s (float32); * chosen for the layer\n")));
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
