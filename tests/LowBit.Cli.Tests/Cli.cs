using System.Diagnostics;
using System.Text.Json;
using LowBit.Cli.Hosting;
using Xunit;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace LowBit.Cli.Tests;

/// <summary>Runs the command in this process with captured streams.</summary>
internal static class Cli
{
    public static (int Code, string Output, string Error) Run(params string[] args) => Run(CancellationToken.None, args);

    public static (int Code, string Output, string Error) Run(CancellationToken stop, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = CliApplication.Run(args, new CliHost(output, error, OutputIsTerminal: false, ErrorIsTerminal: false, Color: false, stop));
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Runs in a process of its own, for settings that a process reads once.</summary>
    /// <param name="variable">An environment variable.</param>
    /// <param name="value">Its value; null: not set.</param>
    /// <param name="args">The command line.</param>
    public static (int Code, string Output, string Error) RunAlone(string variable, string? value, params string[] args)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";
        var start = new ProcessStartInfo(host, [typeof(CliApplication).Assembly.Location, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[variable] = value;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    /// <summary>Runs with --json and parses stdout, which must be exactly one document.</summary>
    public static (int Code, JsonElement Document) Json(params string[] args)
    {
        (int code, string output, string error) = Run([.. args, "--json"]);
        Assert.True(output.Length > 0, $"no document; stderr: {error}");
        using JsonDocument document = JsonDocument.Parse(output);
        return (code, document.RootElement.Clone());
    }

    /// <summary>An error is one line on stderr that starts with "error: ", and nothing on stdout.</summary>
    public static void Fails(int code, string words, params string[] args)
    {
        (int actual, string output, string error) = Run(args);
        Assert.Equal((code, ""), (actual, output));
        string line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        Assert.Contains(words, line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }
}
