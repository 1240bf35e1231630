using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LowBit.Data.Downloads;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Threading;
using Spectre.Console;

namespace LowBit.Cli.Hosting;

/// <summary>One invocation of a command: its arguments, its streams, the common settings.</summary>
internal sealed class CommandContext : IDisposable
{
    // The longest line of any command, a layer's profile with the reason for its kernel, stays one line in a file.
    private const int FileWidth = 260;

    private readonly CommonOptions _common;
    private Device? _device;

    public CommandContext(CliHost host, CommonOptions common, ParseResult parse)
    {
        Host = host;
        _common = common;
        Parse = parse;
        IsJson = parse.GetValue(common.Json);
        Threads = parse.GetValue(common.Threads);
        Seed = parse.GetValue(common.Seed);
        if (Threads is < 0 or > 1024)
        {
            throw new UsageException($"--threads is {Threads}; it must be 1 to 1024, or 0 for one on each processor");
        }

        string device = parse.GetValue(common.Device) ?? "cpu";
        if (device == "gpu")
        {
            throw new UsageException("--device gpu is not part of this build; leave it out or use --device cpu");
        }

        if (device != "cpu")
        {
            throw new UsageException($"there is no device '{device}'; use --device cpu");
        }

        // The console of results: as wide as the window, or wide enough that no table breaks in a file.
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = host.OutputIsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = host.OutputIsTerminal && host.Color ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(host.Output),
        });
        Console.Profile.Width = host.OutputIsTerminal ? Math.Max(60, Console.Profile.Width) : FileWidth;
        Console.Profile.Capabilities.Unicode = host.OutputIsTerminal;
    }

    public CliHost Host { get; }

    public ParseResult Parse { get; }

    public IAnsiConsole Console { get; }

    /// <summary>True when stdout takes exactly one JSON document.</summary>
    public bool IsJson { get; }

    /// <summary>The --threads setting; 0 for one on each processor.</summary>
    public int Threads { get; }

    /// <summary>The threads that --threads names, one on each processor for 0; without the option <paramref name="absent"/>.</summary>
    public int ThreadsOr(int absent)
    {
        if (Parse.GetResult(_common.Threads) is not { Implicit: false })
        {
            return absent;
        }

        return Threads > 0 ? Threads : Environment.ProcessorCount;
    }

    /// <summary>The --seed setting, when given.</summary>
    public ulong? Seed { get; }

    public CancellationToken Stop => Host.Stop;

    /// <summary>The device that trains and evaluates, made on first use with the threads asked for.</summary>
    public Device Device
    {
        get
        {
            if (_device is null)
            {
                if (Threads > 0)
                {
                    WorkerPool.ConfigureShared(Threads);
                }

                _device = new CpuDevice();
            }

            return _device;
        }
    }

    /// <summary>Gives the device's memory back.</summary>
    public void Dispose() => _device?.Dispose();

    /// <summary>The data folder, with progress of downloads on stderr.</summary>
    public DataCache Cache() => new(Parse.GetValue(_common.DataDirectory), Parse.GetValue(_common.Offline), new DownloadLine(Host));

    /// <summary>A table for <see cref="Console"/>: drawn with lines where a person looks, with plain characters in a file.</summary>
    public Table NewTable() => new Table().Border(Host.OutputIsTerminal ? TableBorder.Rounded : TableBorder.Ascii);

    /// <summary>A line of progress or information on stderr.</summary>
    public void Log(string line) => Host.Error.WriteLine(line);

    /// <summary>The one JSON document.</summary>
    public void WriteJson<T>(T document, JsonTypeInfo<T> type) => Host.Output.WriteLine(JsonSerializer.Serialize(document, type));

    /// <summary>Throws unless the folder that a file is to be written into exists: better at once than after the work.</summary>
    public static void RequireFolderOf(string path)
    {
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
        {
            throw new DirectoryNotFoundException($"there is no folder for {path}; make it first");
        }
    }

    /// <summary>The value of an argument that names an existing file.</summary>
    public string ExistingFile(Argument<string> argument)
    {
        string path = Parse.GetValue(argument)!;
        return File.Exists(path) ? path : throw new FileNotFoundException($"there is no file {path}");
    }
}
