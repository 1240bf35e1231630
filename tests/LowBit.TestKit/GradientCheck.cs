using LowBit.Kernels.Devices;
using LowBit.Kernels.Rng;
using LowBit.Tensors;

namespace LowBit.TestKit;

/// <summary>
/// Checks gradients of any differentiable function of tensors against central differences along random directions.
/// The function runs in float32; its result is weighted and summed in double precision.
/// </summary>
/// <remarks>
/// With L(x) = Σ r·y(x) and points x± = x ± h·d (the floats that were really used), it compares L(x+) − L(x−) with
/// Σ gradient·(x+ − x−). The tolerance is the evaluation's rounding, 2·γ(roundings)·Σ|r·y|, the gradient's own rounding, and
/// the truncation, for which the difference between steps h and 2h is an estimate that is three times too large.
/// Straight-through functions must be checked against their surrogate, given as <c>numeric</c>.
/// </remarks>
public static class GradientCheck
{
    /// <summary>Compares along <paramref name="directions"/> random directions and returns a report for each.</summary>
    /// <param name="function">Maps the leaves to a tensor; called again after their elements changed.</param>
    /// <param name="leaves">Leaves that require gradients.</param>
    /// <param name="roundings">Roundings on the longest way from a leaf to the output, for example the length of a sum.</param>
    /// <param name="seed">Seed of weights and directions.</param>
    /// <param name="step">h, in units of the leaves' elements.</param>
    /// <param name="directions">How many.</param>
    /// <param name="numeric">The function to difference if it is not <paramref name="function"/>: the surrogate of a straight-through estimator.</param>
    public static IReadOnlyList<GradientReport> Run(
        Func<Tensor> function, IReadOnlyList<Tensor> leaves, double roundings, ulong seed, double step = 1.0 / 256, int directions = 3, Func<Tensor>? numeric = null)
    {
        using TensorScope scope = TensorScope.Begin();
        foreach (Tensor leaf in leaves)
        {
            leaf.ZeroGradient();
        }

        Tensor y = function();
        Tensor weights = Tensor.Uniform(y.Device, y.Shape, -1, 1, new PhiloxKey(seed, 1));
        float[] r = weights.ToArray();
        Weigh(y, weights).Backward();
        float[][] gradients = [.. leaves.Select(leaf => leaf.Gradient?.ToArray() ?? new float[leaf.Length])];

        var reports = new List<GradientReport>();
        for (int i = 0; i < directions; i++)
        {
            float[][] d = [.. leaves.Select((leaf, k) => Tensor.Uniform(leaf.Device, leaf.Shape, -1, 1, new PhiloxKey(seed, (ulong)((i + 1) * 1000) + (ulong)k)).ToArray())];
            reports.Add(Along(numeric ?? function, leaves, d, r, gradients, roundings, step));
        }

        return reports;
    }

    /// <summary>L = Σ r·y, summed in double precision: the way to give y a known output gradient, r.</summary>
    public static Tensor Weigh(Tensor y, Tensor weights) => new WeighNode(y, weights).Apply();

    private static GradientReport Along(
        Func<Tensor> function, IReadOnlyList<Tensor> leaves, float[][] d, float[] r, float[][] gradients, double roundings, double step)
    {
        float[][] x = [.. leaves.Select(leaf => leaf.ToArray())];
        (double near, double far, double analytic, double magnitude, double gradientMagnitude) = (0, 0, 0, 0, 0);
        for (int times = 1; times <= 2; times++)
        {
            float[][] plus = Shift(x, d, step * times), minus = Shift(x, d, -step * times);
            (double high, double m1) = Evaluate(function, leaves, plus, r);
            (double low, double m2) = Evaluate(function, leaves, minus, r);
            if (times == 2)
            {
                far = (high - low) / 2;
                continue;
            }

            near = high - low;
            magnitude = m1 + m2;
            for (int k = 0; k < x.Length; k++)
            {
                for (int i = 0; i < x[k].Length; i++)
                {
                    double term = gradients[k][i] * ((double)plus[k][i] - minus[k][i]);
                    analytic += term;
                    gradientMagnitude += Math.Abs(term);
                }
            }
        }

        for (int k = 0; k < x.Length; k++)
        {
            leaves[k].CopyFrom(x[k]);
        }

        double tolerance = (2 * Bounds.Gamma(roundings) * (magnitude + gradientMagnitude)) + Math.Abs(far - near);
        return new GradientReport(analytic, near, tolerance);
    }

    private static float[][] Shift(float[][] x, float[][] d, double step)
        => [.. x.Select((values, k) => values.Select((v, i) => (float)(v + (step * d[k][i]))).ToArray())];

    private static (double Sum, double Magnitude) Evaluate(Func<Tensor> function, IReadOnlyList<Tensor> leaves, float[][] values, float[] r)
    {
        for (int k = 0; k < values.Length; k++)
        {
            leaves[k].CopyFrom(values[k]);
        }

        using TensorScope scope = TensorScope.Begin();
        using NoGradient off = NoGradient.Begin();
        float[] y = function().ToArray();
        double sum = 0, magnitude = 0;
        for (int i = 0; i < y.Length; i++)
        {
            sum += (double)y[i] * r[i];
            magnitude += Math.Abs((double)y[i] * r[i]);
        }

        return (sum, magnitude);
    }

    private sealed class WeighNode(Tensor y, Tensor weights) : Node(y)
    {
        public Tensor Apply()
        {
            Tensor loss = Output(this, Shape.Scalar);
            float[] a = y.ToArray(), b = weights.ToArray();
            double sum = 0;
            for (int i = 0; i < a.Length; i++)
            {
                sum += (double)a[i] * b[i];
            }

            loss.CopyFrom([(float)sum]);
            return loss;
        }

        public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
        {
            if (gradients.For(y) is { } gy)
            {
                float scale = 0;
                Device.Download(outputGradient, new Span<float>(ref scale));
                Device.Accumulate(y.Length, scale, weights.Buffer, gy);
            }
        }
    }
}
