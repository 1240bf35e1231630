using LowBit.Nn.Recipes;
using LowBit.Quantization.Calibration;

namespace LowBit.Nn.PostTraining;

/// <summary>What post-training quantization does; the bits are those of the quantized model's policy.</summary>
public sealed record PostTrainingOptions
{
    /// <summary>The smallest number of calibration images.</summary>
    public const int FewestImages = 16;

    /// <summary>The rules that choose a step, for weights and for activations.</summary>
    public static IReadOnlyList<string> Methods { get; } = ["minmax", "mse", "percentile", "kl", "aciq-laplace", "aciq-gauss"];

    /// <summary>Rule of the weights' steps, one of <see cref="Methods"/>.</summary>
    public string WeightMethod { get; init; } = "mse";

    /// <summary>Rule of the activations' steps, one of <see cref="Methods"/>.</summary>
    public string ActivationMethod { get; init; } = "mse";

    /// <summary>The percentile of <c>percentile</c>; above 0, at most 100.</summary>
    public double Percentile { get; init; } = 99.9;

    /// <summary>Fold batch norms into the weights first (<see cref="BatchNormFolding"/>); with a step per channel this changes no code.</summary>
    public bool Fold { get; init; }

    /// <summary>Equalise the ranges of consecutive layers first (<see cref="CrossLayerEqualization"/>).</summary>
    public bool Equalize { get; init; }

    /// <summary>Give quantized weights the standard deviation of the float ones, by their step (<see cref="WeightCorrection"/>).</summary>
    public bool CorrectWeights { get; init; }

    /// <summary>Take the statistics of each batch norm anew from the quantized layer in front of it.</summary>
    public bool ReestimateNorms { get; init; }

    /// <summary>Shift each output channel so that its mean over the calibration images is the float model's.</summary>
    public bool CorrectBias { get; init; }

    /// <summary>Learn the rounding of each weight; null for the nearest code.</summary>
    public AdaRoundOptions? AdaRound { get; init; }

    /// <summary>Throws unless every setting is inside its range.</summary>
    /// <exception cref="ArgumentException">The first wrong setting, by its name.</exception>
    public void Validate()
    {
        Demand.Word("the method of the weights", WeightMethod, [.. Methods]);
        Demand.Word("the method of the activations", ActivationMethod, [.. Methods]);
        _ = new PercentileObserver(Percentile);
        AdaRound?.Validate();
        if (CorrectWeights && AdaRound is not null)
        {
            throw new ArgumentException("weight correction changes the steps for which AdaRound chose its codes; use one of the two");
        }
    }

    /// <summary>All settings on one line, for example <c>mse weights, mse activations, equalized, AdaRound 2000 iterations</c>.</summary>
    public override string ToString()
    {
        var words = new List<string> { $"{Name(WeightMethod)} weights", $"{Name(ActivationMethod)} activations" };
        void Add(bool isOn, string word)
        {
            if (isOn)
            {
                words.Add(word);
            }
        }

        Add(Fold, "folded");
        Add(Equalize, "equalized");
        Add(AdaRound is not null, $"AdaRound {AdaRound?.Iterations} iterations");
        Add(CorrectWeights, "weight correction");
        Add(ReestimateNorms, "norms re-estimated");
        Add(CorrectBias, "bias correction");
        return string.Join(", ", words);
    }

    private string Name(string method) => method == "percentile" ? FormattableString.Invariant($"percentile {Percentile}") : method;
}
