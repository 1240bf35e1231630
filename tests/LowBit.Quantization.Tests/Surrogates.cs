using LowBit.Kernels.Rng;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests;

/// <summary>
/// Checks a quantizer's straight-through gradients against the function they are the derivative of: its surrogate, which is smooth
/// because codes and clipping are frozen where the check starts.
/// </summary>
internal static class Surrogates
{
    private const ulong Seed = 77;

    /// <summary>One element of the surrogate at a leaf value and a learned value, given the frozen start.</summary>
    public delegate double Element(double x, double learned, double x0, double learned0, int code);

    /// <summary>Runs the check and shows that the value itself is not the surrogate.</summary>
    public static void Check(Quantizer quantizer, Tensor x, int[] codes, Element surrogate)
    {
        Tensor? learned = null;
        foreach ((string _, Tensor parameter) in quantizer.Parameters())
        {
            learned = parameter;
        }

        float[] x0 = x.ToArray();
        float[] learned0 = learned?.ToArray() ?? [1f];
        int inner = x0.Length / learned0.Length;

        Tensor Surrogate()
        {
            float[] now = x.ToArray();
            float[] learnedNow = learned?.ToArray() ?? [1f];
            var y = new float[now.Length];
            for (int i = 0; i < y.Length; i++)
            {
                int c = i / inner;
                y[i] = (float)surrogate(now[i], learnedNow[c], x0[i], learned0[c], codes[i]);
            }

            return Tensor.FromArray(x.Device, y, x.Shape);
        }

        IReadOnlyList<Tensor> leaves = learned is null ? [x] : [x, learned];

        // The gradient of a step sums over all elements; the rest is a handful of roundings. Along some directions the terms
        // cancel, which makes the comparison blunt: at least one has to be sharp.
        IReadOnlyList<GradientReport> reports =
            GradientCheck.Run(() => quantizer.Apply(x), leaves, x0.Length + 8, Seed, directions: 8, numeric: Surrogate);
        Assert.All(reports, static report => Assert.True(report.Passes, report.ToString()));
        Assert.Contains(reports, static report => report.IsSharp);

        // Between two codes the surrogate moves and the value does not: that is why it is a surrogate.
        x.CopyFrom(Array.ConvertAll(x0, static v => v * 1.001f));
        float[] moved = Surrogate().ToArray();
        float[] value = quantizer.Apply(x).ToArray();
        x.CopyFrom(x0);
        Assert.NotEqual(moved, value);
    }

    /// <summary>A surrogate of all elements at once, by the values of the leaf and of each learned tensor.</summary>
    public delegate double[] Whole(double[] x, double[][] learned);

    /// <summary>
    /// Runs the check for a quantizer that learns several tensors, or whose elements depend on each other. A surrogate that is linear bears large steps.
    /// <paramref name="among"/> are the learned tensors that matter, all when left out.
    /// </summary>
    public static void Check(Quantizer quantizer, Tensor x, Whole surrogate, double step = 1.0 / 64, Tensor[]? among = null)
    {
        Tensor[] learned = among ?? [.. quantizer.Parameters().Select(static p => p.Tensor)];
        float[] x0 = x.ToArray();

        Tensor Surrogate()
        {
            double[][] now = Array.ConvertAll(learned, static t => Array.ConvertAll(t.ToArray(), static v => (double)v));
            double[] y = surrogate(Array.ConvertAll(x.ToArray(), static v => (double)v), now);
            return Tensor.FromArray(x.Device, Array.ConvertAll(y, static v => (float)v), x.Shape);
        }

        IReadOnlyList<GradientReport> reports =
            GradientCheck.Run(() => quantizer.Apply(x), [x, .. learned], x0.Length + 8, Seed, step, directions: 8, numeric: Surrogate);
        Assert.All(reports, static report => Assert.True(report.Passes, report.ToString()));
        Assert.Contains(reports, static report => report.IsSharp);

        // Each learned tensor on its own: a large gradient must not hide a small one.
        foreach (Tensor tensor in learned)
        {
            reports = GradientCheck.Run(() => quantizer.Apply(x), [tensor], x0.Length + 8, Seed, step, directions: 4, numeric: Surrogate);
            Assert.All(reports, report => Assert.True(report.Passes, $"{tensor.Name}: {report}"));
            Assert.Contains(reports, static report => report.IsSharp);
        }

        // At the start both have the same values; between two codes the surrogate moves and the value does not.
        Assert.Equal(quantizer.Apply(x).ToArray().Max(), Surrogate().ToArray().Max(), 1e-4f * x0.Max(MathF.Abs));
        x.CopyFrom(Array.ConvertAll(x0, static v => v * 1.001f));
        float[] moved = Surrogate().ToArray();
        float[] value = quantizer.Apply(x).ToArray();
        x.CopyFrom(x0);
        Assert.NotEqual(moved, value);
    }

    /// <summary>The gradients that <see cref="GradientCheck"/> gives the output in these checks.</summary>
    public static float[] OutputGradient(Tensor x) => Tensor.Uniform(x.Device, x.Shape, -1, 1, new PhiloxKey(Seed, 1)).ToArray();

    /// <summary>The codes that the quantizer gives now, without zero point.</summary>
    public static int[] CodesOf(Quantizer quantizer, float[] values)
    {
        var codes = new int[values.Length];
        quantizer.Codes(values, codes);
        return Array.ConvertAll(codes, c => c - quantizer.ZeroPoint);
    }
}
