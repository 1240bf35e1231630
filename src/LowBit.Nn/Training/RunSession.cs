using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using LowBit.Kernels.Devices;

namespace LowBit.Nn.Training;

/// <summary>One process that worked on a run.</summary>
public sealed record RunSession
{
    /// <summary>Epoch of its first batch, from 0.</summary>
    public int FromEpoch { get; set; }

    /// <summary>Its first batch, from 0.</summary>
    public int FromBatch { get; set; }

    /// <summary>When it started, ISO 8601, UTC.</summary>
    public string Started { get; set; } = "";

    /// <summary>Commit that the code was built from; null when it was built outside a git checkout.</summary>
    public string? Commit { get; set; }

    /// <summary>Model of the processor.</summary>
    public string Machine { get; set; } = "";

    /// <summary>Device and threads.</summary>
    public string Device { get; set; } = "";

    /// <summary>The session of this process.</summary>
    /// <param name="device">Where it trains.</param>
    /// <param name="position">Where it starts.</param>
    public static RunSession Here(Device device, TrainingPosition position)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(position);
        return new RunSession
        {
            FromEpoch = position.Epoch,
            FromBatch = position.Batch,
            Started = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            Commit = CommitOf(typeof(RunSession).Assembly),
            Machine = Processor(),
            Device = device.Name,
        };
    }

    // The build writes version+commit into the assembly when it runs in a git checkout: the commit of the code that runs, whatever
    // has been checked out since.
    private static string? CommitOf(Assembly assembly)
    {
        string version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        int plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? null : version[(plus + 1)..];
    }

    private static string Processor()
    {
        const string Linux = "/proc/cpuinfo";
        if (File.Exists(Linux))
        {
            foreach (string line in File.ReadLines(Linux))
            {
                if (line.StartsWith("model name", StringComparison.Ordinal) && line.IndexOf(':', StringComparison.Ordinal) is > 0 and int colon)
                {
                    return line[(colon + 1)..].Trim();
                }
            }
        }

        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? $"{RuntimeInformation.ProcessArchitecture} processor";
    }
}
