using LowBit.Quantization.StepRules;
using LowBit.Quantization.StepSources;
using Xunit;

namespace LowBit.Quantization.Tests.StepSources;

public sealed class ClipCurveTests
{
    [Fact]
    public void Levels_that_lie_on_a_curve_are_met_at_every_width()
    {
        // α(b) = 2·exp(0.3·(b − 4)) in channel 0, 0.5·exp(−0.1·(b − 4)) in channel 1; the step of b bits is α/(2^(b−1) − 1).
        (double Level, double Slope)[] curves = [(2, 0.3), (0.5, -0.1)];
        (ClipCurve curve, CurvedStep[] steps) = Build([2, 4, 7], isFunction: true);
        float[][] first = [.. ((int[])[2, 4, 7]).Select(b => curves.Select(k => (float)(k.Level * Math.Exp(k.Slope * (b - 4)) / Top(b))).ToArray())];
        curve.Start(first);
        for (int c = 0; c < 2; c++)
        {
            // In the unit of the step at 4 bits.
            Assert.Equal(curves[c].Level / 7, curve.Level.ToArray()[c], 1e-6);
            Assert.Equal(curves[c].Slope, curve.Slope!.ToArray()[c], 1e-6);
        }

        for (int i = 0; i < steps.Length; i++)
        {
            steps[i].Refresh("q");
            for (int c = 0; c < 2; c++)
            {
                Assert.Equal(first[i][c], steps[i].Step.ToArray()[c], 1e-6f * first[i][c]);
            }
        }

        Free(curve, steps);
    }

    [Fact]
    public void The_first_curve_is_that_of_least_squares_in_the_logarithm()
    {
        (ClipCurve curve, CurvedStep[] steps) = Build([2, 4, 7], isFunction: true);
        float[][] first = [[1.2f, 3f], [0.3f, 0.2f], [0.07f, 0.01f]];
        curve.Start(first);
        for (int c = 0; c < 2; c++)
        {
            double best = Error(curve.Level.ToArray()[c] * 7, curve.Slope!.ToArray()[c], c);
            foreach ((double level, double slope) in ((double, double)[])[(1.01, 0), (0.99, 0), (1, 0.01), (1, -0.01), (1.01, -0.01)])
            {
                Assert.True(Error(curve.Level.ToArray()[c] * 7 * level, curve.Slope.ToArray()[c] + slope, c) > best);
            }
        }

        Free(curve, steps);

        double Error(double level, double slope, int c)
        {
            double sum = 0;
            for (int i = 0; i < 3; i++)
            {
                int b = ((int[])[2, 4, 7])[i];
                sum += Math.Pow(Math.Log(first[i][c] * Top(b)) - Math.Log(level) - (slope * (b - 4)), 2);
            }

            return sum;
        }
    }

    [Fact]
    public void A_shared_level_is_that_of_the_starting_width()
    {
        (ClipCurve curve, CurvedStep[] steps) = Build([2, 4, 7], isFunction: false);
        curve.Start([[1.2f, 3f], [0.3f, 0.2f], [0.07f, 0.01f]]);
        Assert.Null(curve.Slope);
        Assert.Equal([0.3f, 0.2f], curve.Level.ToArray());
        Array.ForEach(steps, static s => s.Refresh("q"));
        Assert.Equal([0.3f * 7, 0.2f * 7], steps[0].Step.ToArray());
        Assert.Equal([0.3f, 0.2f], steps[1].Step.ToArray());
        Assert.Equal([0.3f / 9, 0.2f / 9], steps[2].Step.ToArray().Select(static s => s), static (a, b) => Math.Abs(a - b) < 1e-8f);
        Free(curve, steps);
    }

    [Fact]
    public void Numbers_that_an_optimiser_pushed_too_far_give_positive_steps_or_a_name()
    {
        (ClipCurve curve, CurvedStep[] steps) = Build([2, 4, 7], isFunction: true);
        curve.Level.CopyFrom([-0.5f, 0f]);
        curve.Slope!.CopyFrom([0f, 1000f]);
        Array.ForEach(steps, static s => s.Refresh("q"));
        Assert.Equal([0.5f, Steps.Smallest], curve.Level.ToArray());
        Assert.Equal([0.5f, Steps.Smallest], steps[1].Step.ToArray());
        Assert.Equal([3.5f, Steps.Smallest], steps[0].Step.ToArray());
        Assert.Equal(Steps.Largest, steps[2].Step.ToArray()[1]);
        curve.Slope.CopyFrom([float.NaN, 0f]);
        Assert.Contains("conv7", Assert.Throws<ArithmeticException>(() => steps[0].Refresh("conv7")).Message, StringComparison.Ordinal);
        Free(curve, steps);
    }

    [Fact]
    public void Parts_that_do_not_go_together_are_rejected()
    {
        QuantizerParts lsq2 = Parts(2), lsq4 = Parts(4);
        Assert.Contains("3 is not among 2, 4", Assert.Throws<ArgumentException>(() => new QuantizerWidths([lsq2, lsq4], 3)).Message, StringComparison.Ordinal);
        Assert.Contains("ascending", Assert.Throws<ArgumentException>(() => new QuantizerWidths([lsq4, lsq2], 4)).Message, StringComparison.Ordinal);
        Assert.Contains("one method", Assert.Throws<ArgumentException>(() => new QuantizerWidths([lsq2, lsq4 with { Kind = "other" }], 4)).Message, StringComparison.Ordinal);
        using var stored = new StoredStep(Samples.Device, 2);
        Assert.Contains("StoredStep", Assert.Throws<ArgumentException>(() => new QuantizerWidths([lsq2, lsq4 with { Steps = stored }], 4)).Message, StringComparison.Ordinal);
        lsq2.Steps.Dispose();
        lsq4.Steps.Dispose();
    }

    private static int Top(int bits) => (1 << (bits - 1)) - 1;

    private static QuantizerParts Parts(int bits) => new()
    {
        Kind = "lsq",
        Range = CodeRange.NarrowSigned(bits),
        Op = Nodes.QuantizeOp.For<Kernels.FakeQuantization.StraightThrough>(CodeRange.NarrowSigned(bits)),
        Steps = new LearnedStep(Samples.Device, 2),
        Rule = new LsqStep(),
    };

    private static (ClipCurve Curve, CurvedStep[] Steps) Build(int[] widths, bool isFunction)
    {
        var curve = new ClipCurve(Samples.Device, 2, 4, isFunction);
        Dictionary<int, LearnedStep> own = widths.ToDictionary(static b => b, static _ => new LearnedStep(Samples.Device, 2));
        return (curve, Array.ConvertAll(widths, b => curve.At(b, own[b], own[4], (Top(b), 7))));
    }

    private static void Free(ClipCurve curve, CurvedStep[] steps)
    {
        curve.Dispose();
        Array.ForEach(steps, static s => s.Dispose());
    }
}
