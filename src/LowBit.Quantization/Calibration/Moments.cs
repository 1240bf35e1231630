namespace LowBit.Quantization.Calibration;

/// <summary>Count, sum and sum of squares of a set of values.</summary>
/// <param name="Count">Number of values (a weight where the set is a density).</param>
/// <param name="Sum">Σx.</param>
/// <param name="Squares">Σx².</param>
internal readonly record struct Moments(double Count, double Sum, double Squares)
{
    public static Moments operator +(Moments a, Moments b) => new(a.Count + b.Count, a.Sum + b.Sum, a.Squares + b.Squares);

    public static Moments operator -(Moments a, Moments b) => new(a.Count - b.Count, a.Sum - b.Sum, a.Squares - b.Squares);

    /// <summary>Σ(x − level)².</summary>
    public double SquaredError(double level) => Squares - (2 * level * Sum) + (level * level * Count);
}
