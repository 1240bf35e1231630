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
            GradientCheck.Run(() => quantizer.Apply(x), leaves, x0.Length + 8, 77, directions: 8, numeric: Surrogate);
        Assert.All(reports, static report => Assert.True(report.Passes, report.ToString()));
        Assert.Contains(reports, static report => report.IsSharp);

        // Between two codes the surrogate moves and the value does not: that is why it is a surrogate.
        x.CopyFrom(Array.ConvertAll(x0, static v => v * 1.001f));
        float[] moved = Surrogate().ToArray();
        float[] value = quantizer.Apply(x).ToArray();
        x.CopyFrom(x0);
        Assert.NotEqual(moved, value);
    }

    /// <summary>The codes that the quantizer gives now, without zero point.</summary>
    public static int[] CodesOf(Quantizer quantizer, float[] values)
    {
        var codes = new int[values.Length];
        quantizer.Codes(values, codes);
        return Array.ConvertAll(codes, c => c - quantizer.ZeroPoint);
    }
}
