using System.CommandLine;

namespace LowBit.Cli.Hosting;

/// <summary>The options that every command understands.</summary>
internal sealed class CommonOptions
{
    public Option<bool> Json { get; } = new("--json") { Description = "Print exactly one JSON document on stdout", Recursive = true };

    public Option<bool> Verbose { get; } = new("--verbose") { Description = "Show stack traces and details", Recursive = true };

    public Option<int> Threads { get; } = new("--threads") { Description = "Threads to use; 0 for one on each processor", Recursive = true };

    public Option<string> Device { get; } = new("--device")
    {
        Description = "cpu or gpu",
        Recursive = true,
        DefaultValueFactory = _ => "cpu",
    };

    public Option<ulong?> Seed { get; } = new("--seed") { Description = "Seed of everything random", Recursive = true };

    public Option<string?> DataDirectory { get; } = new("--data-dir")
    {
        Description = "Folder of data sets; else LOWBIT_DATA, else ~/.cache/lowbit/data",
        Recursive = true,
    };

    public Option<bool> Offline { get; } = new("--offline") { Description = "Never download", Recursive = true };

    public void AddTo(Command root)
    {
        root.Options.Add(Json);
        root.Options.Add(Verbose);
        root.Options.Add(Threads);
        root.Options.Add(Device);
        root.Options.Add(Seed);
        root.Options.Add(DataDirectory);
        root.Options.Add(Offline);
    }
}
