using LowBit.Quantization.Transforms;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests.Transforms;

public sealed class StandardizeTests
{
    [Fact]
    public void The_result_has_mean_zero_and_deviation_one()
    {
        using TensorScope scope = TensorScope.Begin();
        using var transform = new Standardize();
        float[] w = Array.ConvertAll(Samples.Normal(500, 3), static v => (v / 10) + 0.4f);
        float[] y = transform.Apply(Tensor.FromArray(Samples.Device, w, 5, 100)).ToArray();
        double mean = w.Average(static v => (double)v), deviation = Math.Sqrt(w.Average(v => Math.Pow(v - mean, 2)));
        for (int i = 0; i < w.Length; i++)
        {
            Assert.Equal((w[i] - mean) / (deviation + 1e-5), y[i], 1e-4);
        }

        Assert.Equal(0, y.Average(static v => (double)v), 1e-6);
    }

    [Fact]
    public void Gradients_are_exact()
    {
        using TensorScope scope = TensorScope.Begin();
        using var transform = new Standardize();
        Tensor w = Samples.Leaf(Samples.Normal(60, 8), 3, 20);
        IReadOnlyList<GradientReport> reports = GradientCheck.Run(() => transform.Apply(w), [w], 80, 4);
        Assert.All(reports, static report => Assert.True(report.Passes, report.ToString()));
        Assert.Contains(reports, static report => report.IsSharp);
    }

    [Fact]
    public void Detached_statistics_are_constants_of_the_gradient()
    {
        using TensorScope scope = TensorScope.Begin();
        using var exact = new Standardize();
        using var transform = new Standardize(isDetached: true);
        float[] values = Samples.Normal(60, 8);
        Tensor w = Samples.Leaf(values, 3, 20);
        Assert.Equal(exact.Apply(w).ToArray(), transform.Apply(w).ToArray());

        float mean = values.Average();
        double deviation = Math.Sqrt(values.Average(v => Math.Pow(v - mean, 2)));
        Tensor Surrogate() => Tensor.FromArray(Samples.Device, Array.ConvertAll(w.ToArray(), v => (float)((v - mean) / (deviation + 1e-5))), 3, 20);
        IReadOnlyList<GradientReport> reports = GradientCheck.Run(() => transform.Apply(w), [w], 80, 4, numeric: Surrogate);
        Assert.All(reports, static report => Assert.True(report.Passes && report.IsSharp, report.ToString()));

        // The exact gradient is another one.
        reports = GradientCheck.Run(() => exact.Apply(w), [w], 80, 4, numeric: Surrogate);
        Assert.Contains(reports, static report => !report.Passes);
    }

    [Fact]
    public void Equal_weights_become_zeros_with_finite_gradients()
    {
        using TensorScope scope = TensorScope.Begin();
        using var transform = new Standardize();
        Tensor w = Samples.Leaf([0.5f, 0.5f, 0.5f], 1, 3);
        Tensor y = transform.Apply(w);
        Assert.Equal([0f, 0f, 0f], y.ToArray());
        GradientCheck.Weigh(y, Tensor.FromArray(Samples.Device, [1f, 2f, 3f], 1, 3)).Backward();
        Assert.All(w.Gradient!.ToArray(), static g => Assert.True(float.IsFinite(g)));
    }
}
