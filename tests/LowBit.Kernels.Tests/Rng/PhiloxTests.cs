using LowBit.Kernels.Rng;
using Xunit;

namespace LowBit.Kernels.Tests.Rng;

/// <summary>Philox4x32-10 against the known-answer vectors of Random123 (kat_vectors), and the streams built on it.</summary>
public class PhiloxTests
{
    private static readonly PhiloxKey s_key = new(0xDEAD_BEEF_0123_4567, 99);

    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Known_answers(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint a, uint b, uint c, uint d)
        => Assert.Equal((a, b, c, d), Philox.Rounds(c0, c1, c2, c3, k0, k1));

    [Fact]
    public void A_stream_can_be_entered_anywhere()
    {
        var whole = new uint[1000];
        Philox.Fill(s_key, 0, whole);
        for (int start = 0; start < 20; start++)
        {
            var part = new uint[50 + start];
            Philox.Fill(s_key, (ulong)start, part);
            Assert.Equal(whole[start..(start + part.Length)], part);
            Assert.Equal(whole[start], Philox.At(s_key, (ulong)start));
        }

        var words = new uint[8];
        const ulong far = (1UL << 40) + 3;
        Philox.Fill(s_key, far, words);
        for (int i = 0; i < words.Length; i++)
        {
            Assert.Equal(Philox.At(s_key, far + (ulong)i), words[i]);
        }
    }

    [Fact]
    public void Streams_and_seeds_differ()
    {
        uint here = Philox.At(s_key, 0);
        Assert.NotEqual(here, Philox.At(s_key with { Stream = s_key.Stream + 1 }, 0));
        Assert.NotEqual(here, Philox.At(s_key with { Stream = s_key.Stream + (1UL << 32) }, 0));
        Assert.NotEqual(here, Philox.At(s_key with { Seed = s_key.Seed + 1 }, 0));
        Assert.NotEqual(here, Philox.At(s_key with { Seed = s_key.Seed + (1UL << 32) }, 0));
    }

    [Fact]
    public void Uniform_numbers_stay_in_range_and_spread()
    {
        const int count = 200_000;
        var x = new float[count];
        Philox.FillUniform(s_key, 0, -1, 3, x);
        Assert.All(x, static v => Assert.InRange(v, -1f, MathF.BitDecrement(3f)));

        // Standard error of the mean is 4/sqrt(12)/sqrt(count); six of them are one failure in 5e8 seeds, and the seed is fixed.
        double error = 4 / Math.Sqrt(12) / Math.Sqrt(count);
        Assert.InRange(x.Average(), 1 - (6 * error), 1 + (6 * error));
        var bins = new int[16];
        foreach (float v in x)
        {
            bins[(int)((v + 1) * 4)]++;
        }

        double expected = count / 16.0;
        double chiSquared = bins.Sum(n => (n - expected) * (n - expected) / expected);

        // 15 degrees of freedom: 60 is beyond the 1 - 2e-7 quantile.
        Assert.InRange(chiSquared, 0, 60);
    }

    [Fact]
    public void The_upper_end_is_never_reached()
    {
        // A range so narrow that rounding would reach its end.
        float low = 1f, high = MathF.BitIncrement(MathF.BitIncrement(1f));
        var x = new float[10_000];
        Philox.FillUniform(s_key, 0, low, high, x);
        Assert.All(x, v => Assert.InRange(v, low, MathF.BitDecrement(high)));
    }

    [Fact]
    public void Normal_numbers_have_the_moments_of_the_normal_distribution()
    {
        const int count = 400_000;
        var x = new float[count];
        Philox.FillNormal(s_key, 0, 0, 1, x);
        double n = count;
        double[] moments = [.. Enumerable.Range(1, 4).Select(k => x.Sum(v => Math.Pow(v, k)) / n)];

        // Variances of the sample moments of a standard normal: 1, 2, 15, 96 over n.
        Assert.InRange(moments[0], -6 / Math.Sqrt(n), 6 / Math.Sqrt(n));
        Assert.InRange(moments[1], 1 - (6 * Math.Sqrt(2 / n)), 1 + (6 * Math.Sqrt(2 / n)));
        Assert.InRange(moments[2], -6 * Math.Sqrt(15 / n), 6 * Math.Sqrt(15 / n));
        Assert.InRange(moments[3], 3 - (6 * Math.Sqrt(96 / n)), 3 + (6 * Math.Sqrt(96 / n)));
        Assert.InRange(x.Zip(x.Skip(1), static (a, b) => (double)a * b).Sum() / n, -6 / Math.Sqrt(n), 6 / Math.Sqrt(n));
    }

    [Fact]
    public void Normal_pairs_are_the_formula_of_Box_and_Muller()
    {
        uint[] corners = [0, 1, 2, 1u << 29, (1u << 29) - 1, 1u << 30, 3u << 29, 1u << 31, 3u << 30, uint.MaxValue - 1, uint.MaxValue];
        var words = new uint[2000];
        Philox.Fill(s_key, 0, words);
        foreach (uint a in corners.Concat(words.Take(100)))
        {
            foreach (uint b in corners.Concat(words.Skip(100).Take(100)))
            {
                double radius = Math.Sqrt(-2 * Math.Log((a + 1.0) / 4294967296.0));
                double angle = 2 * Math.PI * (b / 4294967296.0);
                (double first, double second) = NormalPair.From(a, b);

                // The angle itself is off by up to 2 pi · 2^-53, the functions by a few units.
                double tolerance = (radius * 4e-15) + 1e-17;
                Assert.InRange(first - (radius * Math.Cos(angle)), -tolerance, tolerance);
                Assert.InRange(second - (radius * Math.Sin(angle)), -tolerance, tolerance);
            }
        }
    }

    [Fact]
    public void Below_covers_its_range_evenly()
    {
        var counts = new int[7];
        for (ulong i = 0; i < 70_000; i++)
        {
            counts[Philox.Below(s_key, i, 7)]++;
        }

        // Standard deviation of a bin: sqrt(70000 · 1/7 · 6/7) = 93.
        Assert.All(counts, static n => Assert.InRange(n, 10_000 - (6 * 93), 10_000 + (6 * 93)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Philox.Below(s_key, 0, 0));
    }
}
