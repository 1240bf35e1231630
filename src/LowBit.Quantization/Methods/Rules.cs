using LowBit.Quantization.StepRules;

namespace LowBit.Quantization.Methods;

/// <summary>From options to step rules.</summary>
internal static class Rules
{
    /// <summary>The rule that the options name, or null when they leave it to the method.</summary>
    public static StepRule? For(QuantizerOptions options) => options.Init switch
    {
        null => null,
        "lsq" => new LsqStep(),
        "minmax" => new MinMaxStep(),
        "mse" => new MseStep(),
        "percentile" => new PercentileStep(options.Percentile),
        _ => throw new ArgumentException($"there is no step rule '{options.Init}'; use lsq, minmax, mse or percentile", nameof(options)),
    };
}
