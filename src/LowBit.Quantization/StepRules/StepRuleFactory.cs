using LowBit.Quantization.Calibration;

namespace LowBit.Quantization.StepRules;

/// <summary>Builds the step rules that options name.</summary>
public static class StepRuleFactory
{
    /// <summary>The names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["lsq", "minmax", MseStep.Kind, "percentile", "kl", "aciq-laplace", "aciq-gauss"];

    /// <summary>A rule by its name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="percentile">The percentile of <c>percentile</c>; above 0, at most 100.</param>
    /// <exception cref="ArgumentException">The name is unknown or the percentile is outside its range.</exception>
    public static StepRule Create(string name, double percentile = 99.9) => name switch
    {
        "lsq" => new LsqStep(),
        "minmax" => new MinMaxStep(),
        MseStep.Kind => new MseStep(),
        "percentile" => new PercentileStep(percentile),
        "kl" => new KlStep(),
        "aciq-laplace" => new AciqStep(ClippingModel.Laplace),
        "aciq-gauss" => new AciqStep(ClippingModel.Gauss),
        _ => throw new ArgumentException($"there is no step rule '{name}'; use {string.Join(", ", Names)}", nameof(name)),
    };
}
