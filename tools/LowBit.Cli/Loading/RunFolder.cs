using System.Globalization;
using LowBit.Cli.Documents;
using LowBit.Kernels.Files;
using LowBit.Nn.Models;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;

namespace LowBit.Cli.Loading;

/// <summary>An output folder of train, as tables and charts need it.</summary>
internal sealed record RunFolder(string Path, Recipe Recipe, RunRecord? Record, IReadOnlyList<EpochMetrics> Epochs)
{
    private const string RecipeFile = "recipe.json";
    private const string MetricsFile = "metrics.jsonl";

    /// <summary>The epochs with the bits of the last one: in progressive lowering the others are of other models.</summary>
    public IReadOnlyList<EpochMetrics> Finals => [.. Epochs.Where(epoch => epoch.Bits == Epochs[^1].Bits)];

    /// <summary>The epoch with the best test accuracy, the first of equals; null when nothing was evaluated.</summary>
    public EpochMetrics? Best => Finals.Where(epoch => epoch.TestAccuracy is not null).MaxBy(epoch => epoch.TestAccuracy);

    /// <summary>Every run in a folder and the folders inside it, ordered by data, model, bits, name and seed; runs without a finished epoch are left out.</summary>
    public static IReadOnlyList<RunFolder> Find(string root)
    {
        if (!Directory.Exists(root))
        {
            throw new DirectoryNotFoundException($"there is no folder {root}; name the folder of train's output");
        }

        var runs = new List<RunFolder>();
        foreach (string recipe in Directory.EnumerateFiles(root, RecipeFile, SearchOption.AllDirectories))
        {
            string folder = System.IO.Path.GetDirectoryName(recipe)!;
            if (File.Exists(System.IO.Path.Combine(folder, MetricsFile)) && Read(folder) is { Epochs.Count: > 0 } run)
            {
                runs.Add(run);
            }
        }

        if (runs.Count == 0)
        {
            throw new FileNotFoundException($"{root} holds no run with a finished epoch, that is no folder with {RecipeFile} and lines in {MetricsFile}; train something first");
        }

        return [.. runs
            .OrderBy(run => run.Recipe.Data.Set, StringComparer.Ordinal)
            .ThenBy(run => run.Recipe.Model.Kind, StringComparer.Ordinal)
            .ThenBy(run => run.Recipe.Model.Depth)
            .ThenByDescending(run => run.Recipe.Quantization?.WeightBits ?? 32)
            .ThenByDescending(run => run.Recipe.Quantization?.ActivationBits ?? 32)
            .ThenBy(run => run.Recipe.Name, StringComparer.Ordinal)
            .ThenBy(run => run.Recipe.Training.Seed)
            .ThenBy(run => run.Path, StringComparer.Ordinal)];
    }

    /// <summary>Reads one folder.</summary>
    public static RunFolder Read(string folder)
    {
        IReadOnlyList<EpochMetrics> epochs = MetricsWriter.Read(System.IO.Path.Combine(folder, MetricsFile));
        for (int i = 0; i < epochs.Count; i++)
        {
            EpochMetrics epoch = epochs[i];
            if (epoch.Epoch != i + 1 || !double.IsFinite(epoch.TrainLoss) || epoch.TestAccuracy is < 0 or > 1 or double.NaN)
            {
                throw new LowBitFormatException(
                    System.IO.Path.Combine(folder, MetricsFile), $"line {i + 1}", -1, $"epoch {epoch.Epoch} with loss {epoch.TrainLoss} and accuracy {epoch.TestAccuracy} is none that train writes");
            }
        }

        return new RunFolder(folder, RecipeReader.Load(System.IO.Path.Combine(folder, RecipeFile)), RunRecord.Read(folder), epochs);
    }

    /// <summary>The row of a table.</summary>
    /// <param name="all">All runs, to find the float twin.</param>
    public ResultRow Row(IReadOnlyList<RunFolder> all)
    {
        QuantizationPolicy? policy = Recipe.Quantization?.ToPolicy();
        double? twin = Recipe.Quantization is null ? null : all.Where(IsTwin).MaxBy(other => (other.Recipe.Training.Init == Recipe.Training.Init, other.Best?.TestAccuracy ?? 0))?.Best?.TestAccuracy;
        double[] rates = [.. Epochs.Select(epoch => epoch.ImagesPerSecond).Order()];
        string[] commits = [.. (Record?.Sessions ?? []).Select(session => session.Commit ?? "").Where(commit => commit.Length > 0).Distinct()];
        string[] machines = [.. (Record?.Sessions ?? []).Select(session => $"{session.Machine}, {session.Device}").Distinct()];
        return new ResultRow
        {
            Run = Path,
            Recipe = Recipe.Name,
            Data = Recipe.Data.Set,
            Bits = policy is null ? "float32" : $"{policy.Method} {policy.Inner()}",
            Ends = policy?.Ends(),
            Epochs = Epochs.Count,
            EpochsAsked = Recipe.Training.Epochs,
            BestAccuracy = Best?.TestAccuracy,
            BestEpoch = Best?.Epoch ?? 0,
            FinalAccuracy = Epochs.LastOrDefault(epoch => epoch.TestAccuracy is not null)?.TestAccuracy,
            ToFloat = Best?.TestAccuracy - twin,
            ImagesPerSecond = (rates[(rates.Length - 1) / 2] + rates[rates.Length / 2]) / 2,
            Seconds = Epochs[^1].Seconds,
            Seed = Recipe.Training.Seed,
            RecipeHash = Record?.RecipeHash is { Length: > 0 } hash ? hash : Recipe.Hash(),
            Commits = commits,
            Machines = machines,
        };
    }

    /// <summary>What tells this run from the others in a legend: its name, with seed and folder where others have the same.</summary>
    public string Label(IReadOnlyList<RunFolder> all)
    {
        List<RunFolder> alike = [.. all.Where(run => run.Recipe.Name == Recipe.Name)];
        string seed = alike.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", seed {Recipe.Training.Seed}");
        string folder = alike.Count(run => run.Recipe.Training.Seed == Recipe.Training.Seed) == 1 ? "" : $" ({System.IO.Path.GetFileName(Path)})";
        return $"{Recipe.Name}{seed}{folder}";
    }

    // The float run of the same model, data, epochs and seed; of several, one of the same start, then the best.
    private bool IsTwin(RunFolder other) => other.Recipe.Quantization is null && other.Frame() == Frame();

    // By hash, as records compare lists by reference.
    private string Frame() => new Recipe
    {
        Data = Recipe.Data,
        Model = Recipe.Model,
        Training = new TrainingSection { Epochs = Recipe.Training.Epochs, Seed = Recipe.Training.Seed },
    }.Hash();
}
