using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace LowBit.Nn.Recipes;

/// <summary>
/// Everything that decides a training run, as one JSON file: the same recipe, seed and data give the same weights, bit for
/// bit, on any number of threads. Read it with <see cref="RecipeReader"/>; <c>docs/recipes.md</c> lists every key.
/// </summary>
public sealed record Recipe
{
    private static readonly SearchValues<char> s_notInNames = SearchValues.Create("/\\:*?\"<>|");

    /// <summary>Name of the run and of its output folder.</summary>
    public string Name { get; set; } = "";

    /// <summary>One sentence for people.</summary>
    public string Description { get; set; } = "";

    /// <summary>Data set, batches, augmentation.</summary>
    public DataSection Data { get; set; } = new();

    /// <summary>Architecture.</summary>
    public ModelSection Model { get; set; } = new();

    /// <summary>Bits and method; null for a float model.</summary>
    public QuantizationSection? Quantization { get; set; }

    /// <summary>A teacher to learn from; null for none.</summary>
    public DistillationSection? Distillation { get; set; }

    /// <summary>Optimiser and its numbers.</summary>
    public OptimizerSection Optimizer { get; set; } = new();

    /// <summary>Learning rate over time.</summary>
    public ScheduleSection Schedule { get; set; } = new();

    /// <summary>Epochs, seed, loss, starting point.</summary>
    public TrainingSection Training { get; set; } = new();

    /// <summary>The recipe as indented JSON with every key, defaults included.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RecipeJson.Default.Recipe);

    /// <summary>The first 16 hexadecimal digits of the SHA-256 of <see cref="ToJson"/>: equal recipes, however written, have equal hashes.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, RecipeJson.Default.Recipe)))[..16];

    /// <summary>Throws unless every number is inside its range and every word is known.</summary>
    /// <exception cref="ArgumentException">The first wrong value, by its key.</exception>
    public void Validate()
    {
        if (Data is null || Model is null || Optimizer is null || Schedule is null || Training is null || Schedule.Milestones is null)
        {
            throw new ArgumentException("only 'quantization' and 'distillation' may be null; leave the other parts out to get their defaults");
        }

        if (string.IsNullOrWhiteSpace(Name) || Name is "." or ".." || Name.AsSpan().IndexOfAny(s_notInNames) >= 0)
        {
            throw new ArgumentException($"name is '{Name}'; it names the output folder, so it must be there, be neither . nor .. and hold none of / \\ : * ? \" < > |");
        }

        Data.Validate();
        Model.Validate();
        Quantization?.Validate(Training.Epochs);
        Distillation?.Validate();
        Optimizer.Validate();
        Schedule.Validate();
        Training.Validate();
        Schedule.RequireRoom(Training.Epochs);
    }
}
