using System.Text.Json;
using LowBit.Kernels.Files;
using LowBit.Nn.Recipes;

namespace LowBit.Nn.Training;

/// <summary>Appends one JSON line per epoch to a file, and reads them back.</summary>
public sealed class MetricsWriter
{
    private static readonly RecipeJson s_compact = new(new JsonSerializerOptions(RecipeJson.Default.Options) { WriteIndented = false });

    private readonly string _path;

    /// <summary>Opens a file; lines of epochs that the run is going to repeat, and a line cut by a crash, are removed.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="epochsDone">Epochs that the run has behind it: lines up to this number stay.</param>
    public MetricsWriter(string path, int epochsDone)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
        var kept = new List<string>();
        foreach (EpochMetrics metrics in File.Exists(path) ? Read(path) : [])
        {
            if (metrics.Epoch <= epochsDone)
            {
                kept.Add(Line(metrics));
            }
        }

        AtomicFile.Write(path, System.Text.Encoding.UTF8.GetBytes(string.Concat(kept)));
    }

    /// <summary>Appends a line.</summary>
    /// <param name="metrics">What the epoch gave.</param>
    public void Append(EpochMetrics metrics) => File.AppendAllText(_path, Line(metrics));

    /// <summary>Reads the lines of a file; lines that are no metrics are left out.</summary>
    /// <param name="path">The file.</param>
    public static IReadOnlyList<EpochMetrics> Read(string path)
    {
        var list = new List<EpochMetrics>();
        foreach (string line in File.ReadLines(path))
        {
            try
            {
                if (JsonSerializer.Deserialize(line, RecipeJson.Default.EpochMetrics) is { } metrics)
                {
                    list.Add(metrics);
                }
            }
            catch (JsonException)
            {
                // A crash may cut the last line; the epoch is repeated anyway.
            }
        }

        return list;
    }

    private static string Line(EpochMetrics metrics) => JsonSerializer.Serialize(metrics, s_compact.EpochMetrics) + "\n";
}
