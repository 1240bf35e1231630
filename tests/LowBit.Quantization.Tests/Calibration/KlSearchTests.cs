using LowBit.Quantization.Calibration;
using LowBit.Quantization.StepRules;
using Xunit;

namespace LowBit.Quantization.Tests.Calibration;

public sealed class KlSearchTests
{
    [Fact]
    public void A_histogram_by_hand()
    {
        long[] bins = [4, 0, 2, 2];

        // Cut 4: groups {4, 0} and {2, 2}; Q = (4, 0, 2, 2) = P.
        Assert.Equal(0, KlSearch.Divergence(bins, 4, 2), 1e-15);

        // Cut 3: P = (4, 0, 2 + 2)/8, groups {4, 0} and {2}, Q = (4, 0, 2)/6.
        Assert.Equal((0.5 * Math.Log(0.5 / (4.0 / 6))) + (0.5 * Math.Log(0.5 / (2.0 / 6))), KlSearch.Divergence(bins, 3, 2), 1e-15);

        // Cut 2: P = (4, 0 + 4)/8, Q = (4, floor)/(4 + floor).
        double mass = 4 + KlSearch.Floor;
        Assert.Equal((0.5 * Math.Log(0.5 * mass / 4)) + (0.5 * Math.Log(0.5 * mass / KlSearch.Floor)), KlSearch.Divergence(bins, 2, 2), 1e-14);
        Assert.Equal(4, KlSearch.Cut(bins, 2));
        Assert.Equal(double.PositiveInfinity, KlSearch.Divergence([0, 0, 3], 2, 2));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 8)]
    [InlineData(4, 16)]
    public void Every_divergence_and_the_cut_equal_those_of_the_definition(int seed, int groups)
    {
        var random = new Random(seed);
        var bins = new long[60];
        for (int i = 0; i < bins.Length; i++)
        {
            bins[i] = random.Next(3) == 0 ? 0 : (long)(200 * Math.Exp(-i / 9.0) * random.NextDouble());
        }

        bins[^1] = 1;
        double least = double.PositiveInfinity;
        int best = 0;
        for (int cut = bins.Length; cut >= groups; cut--)
        {
            double expected = Definition(bins, cut, groups);
            Assert.Equal(expected, KlSearch.Divergence(bins, cut, groups), 1e-12);
            (best, least) = expected < least - 1e-12 ? (cut, expected) : (best, least);
        }

        Assert.Equal(best, KlSearch.Cut(bins, groups));
    }

    [Fact]
    public void An_outlier_is_cut_off_with_8_bits()
    {
        float[] x = [.. Samples.Normal(50_000, 3).Select(static v => Math.Min(Math.Abs(v), 5)), 40f];
        var observer = new KlObserver();
        observer.Observe(x);
        float step = observer.Step(CodeRange.Unsigned(8));
        Assert.InRange(step * 255, 3, 12);
        Assert.Equal(step, new KlStep().Step(x, CodeRange.Unsigned(8)));
    }

    [Fact]
    public void Zeros_behind_a_ReLU_do_not_move_the_cut()
    {
        var random = new Random(4);
        float[] values = [.. Enumerable.Range(0, 50_000).Select(_ => (float)Math.Abs(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))];
        CodeRange range = CodeRange.Unsigned(8);
        double without = StepOf(values, range);
        Assert.Equal(without, StepOf([.. values, .. new float[200_000]], range), 0.02 * without);
        Assert.InRange(without * range.High, 0.9, 1.51);

        static double StepOf(float[] values, CodeRange range)
        {
            var observer = new KlObserver();
            observer.Observe(values);
            return observer.Step(range, 0);
        }
    }

    [Fact]
    public void Few_values_and_signed_ones_are_covered()
    {
        Assert.Equal(3f / 127, new KlStep().Step([-3, 1, 2], CodeRange.NarrowSigned(8)), 1e-6f);
        Assert.Equal(2f, new KlStep().Step([-2, 2], CodeRange.NarrowSigned(1)), 1e-6f);
        Assert.Equal(StepRule.StepOfZeros, new KlStep().Step([-2, -1], CodeRange.Unsigned(4)));
        float[] x = Samples.Normal(3000, 9);
        float mirrored = new KlStep().Step([.. x.Select(static v => -v)], CodeRange.NarrowSigned(4));
        Assert.Equal(mirrored, new KlStep().Step(x, CodeRange.NarrowSigned(4)), mirrored * 0.02f);
    }

    /// <summary>P and Q written out bin by bin.</summary>
    private static double Definition(long[] bins, int cut, int groups)
    {
        var p = new double[cut];
        var q = new double[cut];
        for (int i = 0; i < bins.Length; i++)
        {
            p[Math.Min(i, cut - 1)] += bins[i];
        }

        for (int g = 0; g < groups; g++)
        {
            int[] members = [.. Enumerable.Range(0, cut).Where(i => (long)i * groups / cut == g)];
            int[] filled = [.. members.Where(i => p[i] > 0)];
            double sum = members.Sum(i => (double)bins[i]);
            foreach (int i in filled)
            {
                q[i] = sum > 0 ? sum / filled.Length : KlSearch.Floor;
            }
        }

        if (q.Sum() == 0 || bins[..cut].Sum() == 0)
        {
            return double.PositiveInfinity;
        }

        double total = p.Sum(), mass = q.Sum();
        return Enumerable.Range(0, cut).Where(i => p[i] > 0).Sum(i => p[i] / total * Math.Log(p[i] / total / (q[i] / mass)));
    }
}
