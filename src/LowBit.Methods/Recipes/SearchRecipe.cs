using System.Security.Cryptography;
using System.Text.Json;
using LowBit.Nn.Recipes;

namespace LowBit.Methods.Recipes;

/// <summary>
/// Everything that decides a search for bits, as one JSON file: the same recipe and data give the same bits and weights on any number of threads, interrupted
/// or not. Read it with <see cref="SearchRecipeReader"/>; <c>docs/gradfreebits.md</c> lists every key.
/// </summary>
public sealed record SearchRecipe
{
    /// <summary>Name of the only method so far.</summary>
    public const string GradFreeBits = "gradfreebits";

    /// <summary>Name of the search and of its output folder.</summary>
    public string Name { get; set; } = "";

    /// <summary>One sentence for people.</summary>
    public string Description { get; set; } = "";

    /// <summary>The method: <c>gradfreebits</c>.</summary>
    public string Method { get; set; } = GradFreeBits;

    /// <summary>How to train; <c>quantization.widths</c> are the bits to choose from, <c>quantization.weightBits</c> and <c>.activationBits</c> those to start with.</summary>
    public Recipe Train { get; set; } = new();

    /// <summary>What the model may cost; empty with <see cref="Pareto"/>.</summary>
    public BudgetSection Budget { get; set; } = new();

    /// <summary>Epochs and rounds.</summary>
    public AlternationSection Alternation { get; set; } = new();

    /// <summary>Penalties.</summary>
    public ObjectiveSection Objective { get; set; } = new();

    /// <summary>The optimiser.</summary>
    public CmaSection Cma { get; set; } = new();

    /// <summary>Images and norms.</summary>
    public EvaluationSection Evaluation { get; set; } = new();

    /// <summary>A series of budgets instead of one model; null to train one model.</summary>
    public ParetoSection? Pareto { get; set; }

    /// <summary>The recipe as indented JSON with every key, defaults included.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SearchJson.Default.SearchRecipe);

    /// <summary>The first 16 hexadecimal digits of the SHA-256 of <see cref="ToJson"/>.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, SearchJson.Default.SearchRecipe)))[..16];

    /// <summary>Throws unless every number is inside its range and every word is known.</summary>
    /// <exception cref="ArgumentException">The first wrong value, by its key.</exception>
    public void Validate()
    {
        if (Train is null || Budget is null || Alternation is null || Objective is null || Cma is null || Evaluation is null)
        {
            throw new ArgumentException("only 'pareto' may be null; leave the other parts out to get their defaults");
        }

        Demand.Text("name", Name);
        Demand.Word("method", Method, [GradFreeBits]);
        Recipe train = Training();
        train.Validate();
        if (train.Quantization is not { Widths.Length: > 1 } quantization)
        {
            throw new ArgumentException("train.quantization.widths is empty; list the bits to choose from, for example [2, 3, 4, 5, 6, 7, 8]");
        }

        if (quantization.Progressive.Length > 0 || quantization.Layers.Length > 0)
        {
            throw new ArgumentException("train.quantization.progressive and .layers cannot be combined with a search, which sets the bits itself; leave them out");
        }

        Pareto?.Validate();
        if (Pareto is null)
        {
            Budget.Validate();
        }
        else if (Budget != new BudgetSection())
        {
            throw new ArgumentException("budget and pareto exclude each other: a series has budgets of its own, from pareto.from to pareto.to; leave one out (--set budget={} or --set pareto=null)");
        }

        Alternation.Validate();
        if (Alternation.WarmUpEpochs == 0 && Train.Training.Init is null)
        {
            throw new ArgumentException("alternation.warmUpEpochs is 0, but train.training.init names no trained model; name one, or warm up for an epoch or more");
        }

        Objective.Validate();
        Cma.Validate();
        Evaluation.Validate();
    }

    /// <summary>The training recipe, named after the search. Its epochs count not, but those of the alternation do: no warm-up is too long for it.</summary>
    internal Recipe Training() => Train with { Name = Name, Schedule = Train.Schedule?.ShortenedFor(Train.Training?.Epochs ?? 0)! };
}
