namespace LowBit.Quantization.Calibration;

/// <summary>Builds the observers that recipes name.</summary>
public static class Observers
{
    /// <summary>The names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["minmax", "ema", "percentile", "mse", "kl", "aciq-laplace", "aciq-gauss"];

    /// <summary>A fresh observer.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="percentile">The percentile of <c>percentile</c>; above 0, at most 100.</param>
    /// <param name="momentum">The momentum of <c>ema</c>, in [0, 1).</param>
    /// <exception cref="ArgumentException">The name is unknown or a setting is outside its range.</exception>
    public static Observer Create(string name, double percentile = 99.9, double momentum = 0.9) => name switch
    {
        "minmax" => new MinMaxObserver(),
        "ema" => new MovingAverageObserver(momentum),
        "percentile" => new PercentileObserver(percentile),
        "mse" => new MseObserver(),
        "kl" => new KlObserver(),
        "aciq-laplace" => new AciqObserver(ClippingModel.Laplace),
        "aciq-gauss" => new AciqObserver(ClippingModel.Gauss),
        _ => throw new ArgumentException($"there is no observer '{name}'; use {string.Join(", ", Names)}", nameof(name)),
    };
}
