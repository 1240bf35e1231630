using System.CommandLine;
using System.Globalization;
using LowBit.Cli.Documents;
using LowBit.Cli.Hosting;
using LowBit.Cli.Loading;
using LowBit.Data.Sets;
using LowBit.Kernels.Isas;
using LowBit.Nn.Lowering;
using LowBit.Nn.Recipes;
using LowBit.Nn.Simulation;
using LowBit.Runtime.Files;
using LowBit.Runtime.Models;
using LowBit.Runtime.Sessions;
using Spectre.Console;

namespace LowBit.Cli.Commands;

/// <summary>verify: the train-time simulation against the engine, integer by integer, on every edge of the model.</summary>
internal static class VerifyCommand
{
    private const int Batch = 50;

    private static readonly Argument<string> s_checkpoint = new("checkpoint") { Description = "Checkpoint (.lbc), or the folder of a run" };
    private static readonly Option<string?> s_data = new("--data") { Description = "Data set; else the one the model was trained on" };
    private static readonly Option<int> s_images = new("--images") { Description = "Compare the first N test images; 0 for all", DefaultValueFactory = _ => 1000 };
    private static readonly Option<string> s_isa = new("--isa")
    {
        Description = "Instruction set of the engine: best, all, scalar, vector128, avx2, avx512",
        DefaultValueFactory = _ => "best",
    };

    public static CommandDefinition Define()
        => new(new Command("verify", "Compare simulation and engine, integer by integer") { s_checkpoint, s_data, s_images, s_isa }, Run);

    private static int Run(CommandContext context)
    {
        int limit = context.Parse.GetValue(s_images);
        if (limit < 0)
        {
            throw new UsageException($"--images is {limit}; it must be 1 or more, or 0 for all");
        }

        IReadOnlyList<Isa> isas = ChosenIsas(context.Parse.GetValue(s_isa)!);
        using TrainedModel trained = TrainedModel.Open(context, context.Parse.GetValue(s_checkpoint)!);
        LoweringResult lowered = Lowered.Lower(trained.Model, trained.Recipe, trained.Facts, trained.Stage);
        ImageSet set = Sources.Load(context, context.Parse.GetValue(s_data) ?? trained.Recipe.Data.Set, Split.Test);
        Sources.RequireFit(set, trained.Facts);
        set = limit > 0 ? set.Take(limit) : set;

        // The engine runs what the file holds, so that writer and reader are part of what is checked.
        IntegerModel model = LbqReader.Read(LbqWriter.ToBytes(lowered.Model), $"{trained.Path} (lowered)");
        var reports = new List<VerificationReport>();
        foreach (Isa isa in isas)
        {
            context.Log($"comparing {set.Count} images on {CpuFeatures.Word(isa)}");
            using var verifier = new Verifier(lowered, model, new SessionOptions { Batch = Batch, Threads = context.Threads, Isa = isa });
            reports.Add(Compare(verifier, set, context.Stop));
        }

        VerifyDocument document = Document(trained.Path, set, string.Join(", ", isas.Select(CpuFeatures.Word)), reports);
        if (context.IsJson)
        {
            context.WriteJson(document, JsonDocuments.Default.VerifyDocument);
        }
        else
        {
            Show(context, document, reports);
        }

        return document.Mismatches == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    /// <summary>Compares a whole set in batches.</summary>
    public static VerificationReport Compare(Verifier verifier, ImageSet set, CancellationToken stop)
    {
        for (int first = 0; first < set.Count; first += Batch)
        {
            stop.ThrowIfCancellationRequested();
            int count = Math.Min(Batch, set.Count - first);
            verifier.Compare(set.Pixels.Span.Slice(first * set.ImageLength, count * set.ImageLength), set.Labels.Slice(first, count));
        }

        return verifier.Report();
    }

    private static IReadOnlyList<Isa> ChosenIsas(string word)
    {
        if (word == "best")
        {
            return [CpuFeatures.Best];
        }

        if (word == "all")
        {
            return CpuFeatures.Usable;
        }

        foreach (Isa isa in Enum.GetValues<Isa>())
        {
            if (CpuFeatures.Word(isa) == word)
            {
                return CpuFeatures.Usable.Contains(isa)
                    ? [isa]
                    : throw new UsageException($"--isa {word} cannot run here; usable are {string.Join(", ", CpuFeatures.Usable.Select(CpuFeatures.Word))}");
            }
        }

        string[] words = ["best", "all", .. Enum.GetValues<Isa>().Select(CpuFeatures.Word)];
        throw new UsageException($"--isa is '{word}'; did you mean '{NearestName.Find(word, words)}'?");
    }

    private static VerifyDocument Document(string path, ImageSet set, string isas, List<VerificationReport> reports)
    {
        var nodes = new List<NodeDocument>();
        for (int i = 0; i < reports[0].Nodes.Count; i++)
        {
            nodes.Add(new NodeDocument(reports[0].Nodes[i].Name, reports.Sum(report => report.Nodes[i].Compared), reports.Sum(report => report.Nodes[i].Mismatches)));
        }

        return new VerifyDocument(path, set.Name, set.Count, isas, nodes, reports.Sum(report => report.Mismatches), reports[0].AccuracySimulated, reports[0].AccuracyInteger);
    }

    private static void Show(CommandContext context, VerifyDocument document, List<VerificationReport> reports)
    {
        var table = context.NewTable();
        table.AddColumn("edge");
        table.AddColumn(new TableColumn("integers compared").RightAligned());
        table.AddColumn(new TableColumn("mismatches").RightAligned());
        foreach (NodeDocument node in document.Nodes)
        {
            table.AddRow(
                Markup.Escape(node.Name), node.Codes.ToString("N0", CultureInfo.InvariantCulture), node.Mismatches == 0 ? "0" : $"[red]{node.Mismatches.ToString("N0", CultureInfo.InvariantCulture)}[/]");
        }

        context.Console.Write(table);
        foreach (NodeMismatch node in reports.SelectMany(report => report.Nodes).Where(node => node.Mismatches > 0).Take(1))
        {
            context.Console.Write(new Text($"first difference: {node.Name}, {node.FirstMismatch}\n"));
        }

        context.Console.Write(new Text(string.Create(
            CultureInfo.InvariantCulture,
            $"{document.Mismatches} mismatches in {document.Nodes.Sum(node => node.Codes):N0} integers ({document.Isa}); accuracy simulated {document.AccuracySimulated * 100:F2} %, integer {document.AccuracyInteger * 100:F2} %\n")));
    }
}
