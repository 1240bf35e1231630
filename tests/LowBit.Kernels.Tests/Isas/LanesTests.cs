using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using LowBit.Kernels.Isas;
using Xunit;

namespace LowBit.Kernels.Tests.Isas;

/// <summary>Every lane operation of every width against one float at a time, bit by bit, on special and random values.</summary>
public class LanesTests
{
    private static readonly float[] s_special =
    [
        0f, -0f, 1f, -1f, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, float.Epsilon, -float.Epsilon, 1.1754944e-38f, float.MaxValue, float.MinValue,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, 8388607.5f, 8388608f, -8388607.5f, 16777217f, 3.3f, 1e-20f, -1e20f, 2147483648f,
    ];

    [Fact]
    public void Widths_agree_with_one_float()
    {
        foreach (Isa isa in CpuFeatures.Usable)
        {
            switch (isa)
            {
                case Isa.Vector128:
                    Compare<Lanes128, Vector128<float>>();
                    break;
                case Isa.Avx2:
                    Compare<Lanes256, Vector256<float>>();
                    break;
                case Isa.Avx512:
                    Compare<Lanes512, Vector512<float>>();
                    break;
                default:
                    CheckScalar();
                    break;
            }
        }
    }

    [Fact]
    public void Sums_and_extremes_of_lanes()
    {
        foreach (Isa isa in CpuFeatures.Usable)
        {
            switch (isa)
            {
                case Isa.Vector128:
                    Horizontal<Lanes128, Vector128<float>>();
                    break;
                case Isa.Avx2:
                    Horizontal<Lanes256, Vector256<float>>();
                    break;
                case Isa.Avx512:
                    Horizontal<Lanes512, Vector512<float>>();
                    break;
                default:
                    Horizontal<LanesScalar, float>();
                    break;
            }
        }
    }

    // The one-float form against the definitions themselves.
    private static void CheckScalar()
    {
        Assert.Equal(-2f, LanesScalar.RoundHalfEven(-2.5f));
        Assert.Equal(-3f, LanesScalar.Floor(-2.5f));
        Assert.Equal(2f, LanesScalar.Min(float.NaN, 2f));
        Assert.True(float.IsNaN(LanesScalar.Max(2f, float.NaN)));
        Assert.True(float.IsNegative(LanesScalar.Max(0f, -0f)));
        Assert.False(float.IsNegative(LanesScalar.Min(-0f, 0f)));
        Assert.Equal(5f, LanesScalar.Select(LanesScalar.LessThan(1f, 2f), 5f, 6f));
        Assert.Equal(6f, LanesScalar.Select(LanesScalar.LessThan(2f, 2f), 5f, 6f));
        Assert.Equal(5f, LanesScalar.Select(LanesScalar.LessOrEqual(2f, 2f), 5f, 6f));
        Assert.Equal(6f, LanesScalar.Select(LanesScalar.LessOrEqual(float.NaN, 2f), 5f, 6f));
        Assert.Equal(-4f, LanesScalar.Exponent(0.1f));
        Assert.Equal(1.6f, LanesScalar.Mantissa(0.1f));
        Assert.Equal(1.5f, LanesScalar.Mantissa(-6f));

        // Rounded once: the product alone would round the last bit away.
        Assert.Equal(MathF.Pow(2, -46), LanesScalar.MultiplyAdd(1 + MathF.Pow(2, -23), 1 + MathF.Pow(2, -23), -(1 + MathF.Pow(2, -22))));
        for (int n = -126; n <= 127; n++)
        {
            Assert.Equal(MathF.ScaleB(1, n), LanesScalar.PowerOfTwo(n));
        }
    }

    private static void Compare<L, V>()
        where L : struct, ILanes<V>
        where V : struct
    {
        var random = new Random(20261121);
        for (int round = 0; round < 3000; round++)
        {
            float[] a = Values(random, L.Count, round), b = Values(random, L.Count, round + 1), c = Values(random, L.Count, round + 2);
            V va = L.Load(in a[0], 0), vb = L.Load(in b[0], 0), vc = L.Load(in c[0], 0);
            Same(nameof(L.Add), L.Add(va, vb), i => LanesScalar.Add(a[i], b[i]));
            Same(nameof(L.Subtract), L.Subtract(va, vb), i => LanesScalar.Subtract(a[i], b[i]));
            Same(nameof(L.Multiply), L.Multiply(va, vb), i => LanesScalar.Multiply(a[i], b[i]));
            Same(nameof(L.Divide), L.Divide(va, vb), i => LanesScalar.Divide(a[i], b[i]));
            Same(nameof(L.MultiplyAdd), L.MultiplyAdd(va, vb, vc), i => LanesScalar.MultiplyAdd(a[i], b[i], c[i]));
            Same(nameof(L.Sqrt), L.Sqrt(va), i => LanesScalar.Sqrt(a[i]));
            Same(nameof(L.Min), L.Min(va, vb), i => LanesScalar.Min(a[i], b[i]));
            Same(nameof(L.Max), L.Max(va, vb), i => LanesScalar.Max(a[i], b[i]));
            Same(nameof(L.Abs), L.Abs(va), i => LanesScalar.Abs(a[i]));
            Same(nameof(L.RoundHalfEven), L.RoundHalfEven(va), i => LanesScalar.RoundHalfEven(a[i]));
            Same(nameof(L.Floor), L.Floor(va), i => LanesScalar.Floor(a[i]));
            Same(nameof(L.Select), L.Select(L.LessThan(va, vb), vc, va), i => a[i] < b[i] ? c[i] : a[i]);
            Same(nameof(L.Select), L.Select(L.LessOrEqual(va, vb), vc, va), i => a[i] <= b[i] ? c[i] : a[i]);
            Same(nameof(L.Splat), L.Splat(a[0]), _ => a[0]);
            Same(nameof(L.Exponent), L.Exponent(va), i => LanesScalar.Exponent(a[i]));
            Same(nameof(L.Mantissa), L.Mantissa(va), i => LanesScalar.Mantissa(a[i]));
            float[] n = [.. Enumerable.Range(0, L.Count).Select(i => (float)(((round * 16) + i) % 254) - 126)];
            Same(nameof(L.PowerOfTwo), L.PowerOfTwo(L.Load(in n[0], 0)), i => LanesScalar.PowerOfTwo(n[i]));
        }

        static void Same(string name, V actual, Func<int, float> expected)
        {
            var lanes = new float[L.Count + 2];
            L.Store(actual, ref lanes[0], 1);
            Assert.Equal((0f, 0f), (lanes[0], lanes[^1]));
            for (int i = 0; i < L.Count; i++)
            {
                float e = expected(i);
                bool same = BitConverter.SingleToInt32Bits(e) == BitConverter.SingleToInt32Bits(lanes[i + 1]) || (float.IsNaN(e) && float.IsNaN(lanes[i + 1]));
                if (!same)
                {
                    Assert.Fail($"{typeof(L).Name}.{name}: lane {i} is {lanes[i + 1]:R}, one float gives {e:R}");
                }
            }
        }
    }

    private static float[] Values(Random random, int count, int round)
    {
        var result = new float[count];
        for (int i = 0; i < count; i++)
        {
            result[i] = (random.Next(3), round % 2) switch
            {
                (0, _) => s_special[random.Next(s_special.Length)],
                (1, 0) => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)),
                _ => (float)((random.NextDouble() - 0.5) * 40),
            };
        }

        return result;
    }

    private static void Horizontal<L, V>()
        where L : struct, ILanes<V>
        where V : struct
    {
        // Powers of two: every sum is exact, and a lane counted twice or never shows.
        float[] x = [.. Enumerable.Range(0, L.Count).Select(static i => (float)(1 << i))];
        for (int rotation = 0; rotation < L.Count; rotation++)
        {
            V v = MemoryMarshal.Cast<float, V>(x)[0];
            Assert.Equal((1 << L.Count) - 1, L.Sum(v));
            Assert.Equal(1 << (L.Count - 1), L.Largest(v));
            Assert.Equal(1f, L.Smallest(v));
            x = [.. x[1..], x[0]];
        }
    }
}
