namespace LowBit.TestKit;

/// <summary>
/// Where tolerances come from: rounding-error bounds of Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed. 2002,
/// chapters 2 and 3. All hold for any order of summation, with or without fused multiply-add.
/// </summary>
public static class Bounds
{
    /// <summary>Unit roundoff of float32, 2^-24: a correctly rounded result is within this relative error.</summary>
    public const double Unit = 1.0 / (1 << 24);

    /// <summary>Half the smallest positive float32: what a result below the normal range may lose besides.</summary>
    public const double Underflow = 7.1e-46;

    /// <summary>γ(n) = n·u / (1 − n·u): relative error of n roundings in a row (Higham lemma 3.1).</summary>
    public static double Gamma(double roundings) => roundings * Unit / (1 - (roundings * Unit));

    /// <summary>Error of a float32 sum of k products against the exact one: γ(k)·Σ|a·b| (Higham 3.5).</summary>
    public static double DotF32(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += Math.Abs((double)a[i] * b[i]);
        }

        return Dot(a.Length, sum);
    }

    /// <summary>Error of a float32 sum of k products whose magnitudes sum to <paramref name="sumOfMagnitudes"/>.</summary>
    public static double Dot(int k, double sumOfMagnitudes) => (Gamma(k) * sumOfMagnitudes) + (k * Underflow);

    /// <summary>Error of a float32 sum of the numbers, γ(k − 1)·Σ|x|, and one rounding for a result that is stored.</summary>
    public static double SumF32(ReadOnlySpan<float> x)
    {
        double sum = 0;
        foreach (float v in x)
        {
            sum += Math.Abs((double)v);
        }

        return Gamma(Math.Max(1, x.Length)) * sum;
    }

    /// <summary>Error of a float32 result that went through <paramref name="roundings"/> correctly rounded steps without cancellation.</summary>
    public static double Relative(double exact, double roundings) => (Gamma(roundings) * Math.Abs(exact)) + Underflow;

    /// <summary>
    /// Error of the central difference (f(x + h) − f(x − h)) / 2h against f'(x) when f is evaluated with an absolute error of
    /// <paramref name="evaluationError"/>: that error / h, and h²/6·|f'''| of truncation.
    /// </summary>
    public static double FiniteDifference(double h, double evaluationError, double thirdDerivative)
        => (evaluationError / h) + (h * h / 6 * Math.Abs(thirdDerivative));
}
