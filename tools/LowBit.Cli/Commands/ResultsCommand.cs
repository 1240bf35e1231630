using System.CommandLine;
using System.Globalization;
using System.Text;
using LowBit.Cli.Documents;
using LowBit.Cli.Hosting;
using LowBit.Cli.Loading;
using LowBit.Cli.Pictures;
using LowBit.Kernels.Files;
using Spectre.Console;

namespace LowBit.Cli.Commands;

/// <summary>results: the runs of a folder as a markdown table, and their curves as a picture.</summary>
internal static class ResultsCommand
{
    private static readonly Argument<string> s_runs = new("runs")
    {
        Description = "Folder of runs, as train writes them; searched with the folders inside it",
        DefaultValueFactory = _ => "lowbit-out",
    };

    private static readonly Option<string?> s_output = new("--output", "-o") { Description = "Markdown file to write; else the table goes to stdout" };
    private static readonly Option<string?> s_curves = new("--curves") { Description = "SVG file of the curves; else beside --output, with .svg" };

    public static CommandDefinition Define()
        => new(new Command("results", "Make a table and curves of finished runs") { s_runs, s_output, s_curves }, Run);

    private static int Run(CommandContext context)
    {
        string source = context.Parse.GetValue(s_runs)!;
        string? output = context.Parse.GetValue(s_output);
        string? curves = context.Parse.GetValue(s_curves) ?? (output is null ? null : Path.ChangeExtension(output, ".svg"));
        RequireKind("--output", output, ".md");
        RequireKind("--curves", curves, ".svg");
        IReadOnlyList<RunFolder> runs = RunFolder.Find(source);
        List<ResultRow> rows = [.. runs.Select(run => run.Row(runs))];
        if (curves is not null)
        {
            AtomicFile.Write(curves, Encoding.UTF8.GetBytes(CurveSheet.Draw(runs)));
        }

        string table = ResultsTable.Draw(rows, source.TrimEnd('/', '\\'), curves is null ? null : Address(curves, output));
        if (output is not null)
        {
            AtomicFile.Write(output, Encoding.UTF8.GetBytes(table));
        }

        if (context.IsJson)
        {
            context.WriteJson(new ResultsDocument(rows, output, curves), JsonDocuments.Default.ResultsDocument);
        }
        else if (output is null)
        {
            context.Host.Output.Write(table);
        }
        else
        {
            context.Console.Write(new Text(string.Create(CultureInfo.InvariantCulture, $"wrote {output}: {rows.Count} runs; curves in {curves}\n")));
        }

        return ExitCode.Success;
    }

    private static void RequireKind(string option, string? file, string extension)
    {
        if (file is null)
        {
            return;
        }

        if (!Path.GetExtension(file).Equals(extension, StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"{option} is {file}; its name must end in {extension}");
        }

        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))))
        {
            throw new DirectoryNotFoundException($"there is no folder for {file}; make it first");
        }
    }

    private static string Address(string curves, string? page)
        => Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(page ?? curves))!, Path.GetFullPath(curves)).Replace('\\', '/');
}
