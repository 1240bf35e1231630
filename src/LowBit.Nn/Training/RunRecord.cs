using System.Text.Json;
using LowBit.Kernels.Files;
using LowBit.Nn.Recipes;

namespace LowBit.Nn.Training;

/// <summary><c>run.json</c> of an output folder: which recipe ran, with which code, where. Written when a run starts or goes on.</summary>
public sealed record RunRecord
{
    /// <summary>Name of the file in an output folder.</summary>
    public const string FileName = "run.json";

    /// <summary>Name of the recipe.</summary>
    public string Recipe { get; set; } = "";

    /// <summary><see cref="Recipes.Recipe.Hash"/>.</summary>
    public string RecipeHash { get; set; } = "";

    /// <summary>Seed of starting weights, order and augmentation.</summary>
    public ulong Seed { get; set; }

    /// <summary>Epochs that the recipe asks for.</summary>
    public int Epochs { get; set; }

    /// <summary>Number of trained values.</summary>
    public long Parameters { get; set; }

    /// <summary>Method, grid and bits of the finished model, ends and residual stream included; null for float32.</summary>
    public string? Quantization { get; set; }

    /// <summary>Weights and input of the first layer, for example <c>w8a8</c>; null for float32.</summary>
    public string? FirstLayer { get; set; }

    /// <summary>Weights and input of the last layer, for example <c>w8a8</c>; null for float32.</summary>
    public string? LastLayer { get; set; }

    /// <summary><see cref="Training.Teacher.Fingerprint"/>; null without distillation.</summary>
    public string? Teacher { get; set; }

    /// <summary>The start and every resumption, oldest first.</summary>
    public RunSession[] Sessions { get; set; } = [];

    /// <summary>Reads the record of a folder.</summary>
    /// <param name="folder">An output folder.</param>
    /// <returns>The record, or null when the folder holds none.</returns>
    /// <exception cref="LowBitFormatException">The file is there and is no record.</exception>
    public static RunRecord? Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            RunRecord? record = JsonSerializer.Deserialize(File.ReadAllText(path), RecipeJson.Default.RunRecord);
            return record?.Sessions is not null && Array.TrueForAll(record.Sessions, session => session is not null)
                ? record
                : throw new LowBitFormatException(path, "sessions", -1, "the record lists no sessions; remove the file, the next run writes it anew");
        }
        catch (JsonException e)
        {
            throw new LowBitFormatException(path, e.Path ?? "record", -1, "this is no record of a run; remove the file, the next run writes it anew", e);
        }
    }

    /// <summary>Writes the record with one session more; the sessions of a record that is there stay.</summary>
    /// <param name="folder">The output folder.</param>
    /// <param name="session">What starts now.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="LowBitFormatException">The file is there and is no record.</exception>
    public void Write(string folder, RunSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        RunRecord record = this with { Sessions = [.. Read(folder)?.Sessions ?? [], session] };
        AtomicFile.Write(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(record, RecipeJson.Default.RunRecord));
    }
}
