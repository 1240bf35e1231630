namespace LowBit.TestKit;

/// <summary>A gradient against a finite difference, along one direction.</summary>
/// <param name="Analytic">Σ gradient·direction, from the backward pass.</param>
/// <param name="Numeric">The difference of the function.</param>
/// <param name="Tolerance">What rounding and truncation may explain.</param>
public readonly record struct GradientReport(double Analytic, double Numeric, double Tolerance)
{
    /// <summary>True when the two agree within the tolerance.</summary>
    public bool Passes => Math.Abs(Analytic - Numeric) <= Tolerance;

    /// <summary>True when the tolerance is small enough for the comparison to mean something.</summary>
    public bool IsSharp => Tolerance < 0.1 * Math.Max(Math.Abs(Analytic), Math.Abs(Numeric));
}
