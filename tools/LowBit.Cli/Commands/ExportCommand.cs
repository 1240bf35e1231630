using System.CommandLine;
using System.Globalization;
using LowBit.Cli.Documents;
using LowBit.Cli.Hosting;
using LowBit.Cli.Loading;
using LowBit.Interchange.Safetensors;
using LowBit.Interchange.StateDicts;
using LowBit.Kernels.Files;
using LowBit.Nn.Lowering;
using LowBit.Runtime.Files;
using LowBit.Runtime.Models;
using LowBit.Runtime.Sessions;
using Spectre.Console;

namespace LowBit.Cli.Commands;

/// <summary>export: a checkpoint as an integer model (.lbq), or its float weights as .safetensors.</summary>
internal static class ExportCommand
{
    private static readonly Argument<string> s_checkpoint = new("checkpoint") { Description = "Checkpoint (.lbc), or the folder of a run" };
    private static readonly Option<string?> s_output = new("--output", "-o") { Description = "File to write: .lbq (integers) or .safetensors (float weights); else the checkpoint's name with .lbq" };

    public static CommandDefinition Define()
        => new(new Command("export", "Lower a trained model to integers and write it") { s_checkpoint, s_output }, Run);

    private static int Run(CommandContext context)
    {
        using TrainedModel trained = TrainedModel.Open(context, context.Parse.GetValue(s_checkpoint)!);
        string output = context.Parse.GetValue(s_output) ?? Path.ChangeExtension(trained.Path, ".lbq");
        CommandContext.RequireFolderOf(output);
        ExportDocument document = Path.GetExtension(output).ToLowerInvariant() switch
        {
            ".lbq" => Integers(context, trained, output),
            ".safetensors" => Floats(trained, output),
            _ => throw new UsageException($"--output is {output}; its name must end in .lbq or .safetensors"),
        };
        if (context.IsJson)
        {
            context.WriteJson(document, JsonDocuments.Default.ExportDocument);
        }
        else
        {
            Show(context, document);
        }

        return ExitCode.Success;
    }

    private static ExportDocument Integers(CommandContext context, TrainedModel trained, string output)
    {
        LoweringResult lowered = Lowered.Lower(trained.Model, trained.Recipe, trained.Facts, trained.Stage);
        byte[] bytes = LbqWriter.ToBytes(lowered.Model);
        AtomicFile.Write(output, bytes);
        IntegerModel again = LbqReader.Read(output);
        if (!LbqWriter.ToBytes(again).AsSpan().SequenceEqual(bytes))
        {
            throw new CheckFailedException($"{output} does not hold the same model when it is read again; this is a defect of lowbit, please report it");
        }

        using Session session = ModelFiles.OpenSession(output, again, new SessionOptions { Threads = context.Threads });
        List<FoldDocument> folds = [.. lowered.Report.Entries.Select(entry => new FoldDocument(entry.Path, entry.Layer, entry.IsFolded, entry.Detail))];
        return new ExportDocument(output, bytes.LongLength, again.WeightBytes, lowered.Report.Bits, Lowered.Layers(session.Plan), folds);
    }

    private static ExportDocument Floats(TrainedModel trained, string output)
    {
        StateDict.Save(trained.Model).Save(output);
        using var again = SafetensorsReader.Open(output);
        if (StateDict.FirstDifference(trained.Model, again) is { } name)
        {
            throw new CheckFailedException($"{output} does not hold the same {name} when it is read again; this is a defect of lowbit, please report it");
        }

        return new ExportDocument(output, new FileInfo(output).Length, sizeof(float) * again.Entries.Sum(entry => (long)entry.Length), "float32", [], []);
    }

    private static void Show(CommandContext context, ExportDocument document)
    {
        if (document.Layers.Count > 0)
        {
            var table = context.NewTable();
            table.AddColumn("layer");
            table.AddColumn(new TableColumn("weights").RightAligned());
            table.AddColumn(new TableColumn("input").RightAligned());
            table.AddColumn(new TableColumn("bytes").RightAligned());
            table.AddColumn("kernel");
            foreach (LayerDocument layer in document.Layers)
            {
                table.AddRow(
                    Markup.Escape(layer.Name), $"{layer.WeightBits} bit", $"{layer.ActivationBits} bit", layer.Bytes.ToString("N0", CultureInfo.InvariantCulture), Markup.Escape(layer.Kernel));
            }

            context.Console.Write(table);
            foreach (FoldDocument fold in document.Folds)
            {
                context.Console.Write(new Text($"  {(fold.Name.Length == 0 ? "(model)" : fold.Name)}: {fold.Layer} {(fold.Folded ? "folded" : "kept")}, {fold.Detail}\n"));
            }
        }

        context.Console.Write(new Text(string.Create(
            CultureInfo.InvariantCulture, $"wrote {document.File}: {document.Bytes:N0} bytes ({document.WeightBytes:N0} of weights), {document.Bits}; read back and equal\n")));
    }
}
