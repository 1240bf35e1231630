using System.CommandLine;
using System.Globalization;
using LowBit.Cli.Documents;
using LowBit.Cli.Hosting;
using LowBit.Kernels.Ceilings;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;
using Spectre.Console;

namespace LowBit.Cli.Commands;

/// <summary>bench ceilings: what this machine can reach at most, per thread and with all threads.</summary>
internal static class BenchCeilingsCommand
{
    private static readonly Option<double> s_seconds = new("--seconds") { Description = "Seconds for each figure", DefaultValueFactory = _ => 0.2 };

    public static CommandDefinition Define() => new(new Command("ceilings", "Measure the peaks of this machine") { s_seconds }, Run);

    private static int Run(CommandContext context)
    {
        double seconds = context.Parse.GetValue(s_seconds);
        if (!(seconds > 0 && seconds <= 60))
        {
            throw new UsageException($"--seconds is {seconds}; it must be above 0 and at most 60");
        }

        if (CpuFeatures.Best == Isa.Scalar)
        {
            throw new UsageException($"{CpuFeatures.LimitVariable} limits this process to scalar code, whose ceilings are not measured; unset it");
        }

        using var pool = new WorkerPool(context.Threads > 0 ? context.Threads : Environment.ProcessorCount);
        CeilingReport report = CeilingLoops.Measure(pool, CpuFeatures.Best, seconds, context.Stop);
        CeilingsDocument document = Document(report);
        if (context.IsJson)
        {
            context.WriteJson(document, JsonDocuments.Default.CeilingsDocument);
        }
        else
        {
            Show(context, document);
        }

        return ExitCode.Success;
    }

    private static CeilingsDocument Document(CeilingReport report)
    {
        PeakDocument Peak(Func<CeilingFigures, double> figure) => new(Math.Round(figure(report.PerThread), 2), Math.Round(figure(report.All), 2));
        return new CeilingsDocument
        {
            Isa = CpuFeatures.Word(report.Isa),
            Threads = report.Threads,
            FmaGflops = Peak(figures => figures.FmaGflops),
            Int8Gops = Peak(figures => figures.Int8Gops),
            Int8Int16Gops = Peak(figures => figures.Int8NarrowGops),
            ShuffleGlookups = Peak(figures => figures.ShuffleGlookups),
            PopcountGbits = Peak(figures => figures.PopcountGbits),
            ReadGBs = new Dictionary<string, PeakDocument>
            {
                ["l1"] = Peak(figures => figures.ReadL1),
                ["l2"] = Peak(figures => figures.ReadL2),
                ["l3"] = Peak(figures => figures.ReadL3),
                ["memory"] = Peak(figures => figures.ReadMemory),
            },
        };
    }

    private static void Show(CommandContext context, CeilingsDocument document)
    {
        var table = context.NewTable();
        table.AddColumn($"ceiling ({document.Isa})");
        table.AddColumn(new TableColumn("one thread").RightAligned());
        table.AddColumn(new TableColumn($"all {document.Threads}").RightAligned());
        table.AddColumn("unit");
        void Row(string name, PeakDocument peak, string unit)
            => table.AddRow(name, peak.OneThread.ToString("N1", CultureInfo.InvariantCulture), peak.AllThreads.ToString("N1", CultureInfo.InvariantCulture), unit);
        Row("float32 multiply-add", document.FmaGflops, "GFLOP/s");
        Row("int8 products into int32", document.Int8Gops, "GOP/s");
        Row("int8 products into int16", document.Int8Int16Gops, "GOP/s");
        Row("table look-ups", document.ShuffleGlookups, "G/s");
        Row("AND and popcount", document.PopcountGbits, "Gbit/s");
        foreach ((string level, PeakDocument peak) in document.ReadGBs)
        {
            Row($"read {level}", peak, "GB/s");
        }

        context.Console.Write(table);
    }
}
