using System.CommandLine;
using LowBit.Cli.Documents;
using LowBit.Cli.Hosting;
using LowBit.Cli.Loading;
using Spectre.Console;

namespace LowBit.Cli.Commands;

/// <summary>quickstart: float model, quantized model, export, integers, comparison, pictures, in under a minute.</summary>
internal static class QuickstartCommand
{
    private static readonly Option<string> s_output = new("--output", "-o") { Description = "Folder for everything that is written", DefaultValueFactory = _ => Path.Combine("lowbit-out", "quickstart") };

    public static CommandDefinition Define()
        => new(new Command("quickstart", "Train a small w4a4 network on generated images, run it as integers, compare; under a minute") { s_output }, Run);

    private static int Run(CommandContext context)
    {
        QuickstartDocument document = new QuickstartRun(context, context.Parse.GetValue(s_output)!).Execute();
        if (context.IsJson)
        {
            context.WriteJson(document, JsonDocuments.Default.QuickstartDocument);
        }
        else
        {
            Show(context, document, context.Parse.GetValue(s_output)!);
        }

        return document.Mismatches == 0 && document.IntegerAccuracy == document.SimulatedAccuracy
            ? ExitCode.Success
            : throw new CheckFailedException($"{document.Mismatches} integers differ between simulation and engine; run lowbit verify on the checkpoint to see where");
    }

    private static void Show(CommandContext context, QuickstartDocument document, string folder)
    {
        var table = context.NewTable();
        table.AddColumn("Glyphs, LeNet-5");
        foreach (string column in new[] { "float32", "w4a4, as trained", "w4a4, integers" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        table.AddRow("accuracy", Percent(document.FloatAccuracy), Percent(document.QuantizedAccuracy), Percent(document.IntegerAccuracy));
        table.AddRow("bytes", Number(document.FloatBytes), "", Number(document.IntegerBytes));
        table.AddRow("images per second", Number(document.FloatImagesPerSecond), "", Number(document.IntegerImagesPerSecond));
        context.Console.Write(table);
        string model = document.Files[0];
        context.Console.Write(new Text(
            $"{document.Mismatches} mismatches in {Number(document.CodesCompared)} integers between train-time simulation and engine ({document.Isa}); {document.Seconds.ToString("F1", null)} s in all\n"));
        context.Console.Write(new Text($"\nwrote {folder}: open {Path.Combine(folder, "report.html")} for curves and layers\nnext:\n"));
        context.Console.Write(new Text($"  lowbit run {model} {Path.Combine(folder, "images")}/*.png --profile\n"));
        context.Console.Write(new Text($"  lowbit verify {Path.Combine(folder, "w4a4")} --isa all\n"));
        context.Console.Write(new Text("  lowbit train recipes/mnist-lenet5-w3a3.json\n"));
    }

    private static string Percent(double share) => (share * 100).ToString("F2", null) + " %";

    private static string Number(double value) => value.ToString("N0", null);
}
