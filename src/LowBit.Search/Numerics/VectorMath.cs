using System.Numerics;
using System.Runtime.InteropServices;

namespace LowBit.Search.Numerics;

/// <summary>
/// Dense vector loops. Element-wise loops use the machine's vectors (their result does not depend on the width); sums keep one fixed order,
/// so that a search gives the same bits on every machine with the same mathematical library.
/// </summary>
internal static class VectorMath
{
    /// <summary>y += a x.</summary>
    public static void AddScaled(Span<double> y, double a, ReadOnlySpan<double> x)
    {
        Span<Vector<double>> wideY = MemoryMarshal.Cast<double, Vector<double>>(y);
        ReadOnlySpan<Vector<double>> wideX = MemoryMarshal.Cast<double, Vector<double>>(x[..y.Length]);
        var factor = new Vector<double>(a);
        for (int i = 0; i < wideY.Length; i++)
        {
            wideY[i] += factor * wideX[i];
        }

        for (int i = wideY.Length * Vector<double>.Count; i < y.Length; i++)
        {
            y[i] += a * x[i];
        }
    }

    /// <summary>y *= a.</summary>
    public static void Scale(Span<double> y, double a)
    {
        for (int i = 0; i < y.Length; i++)
        {
            y[i] *= a;
        }
    }

    /// <summary>x · y, in four interleaved sums.</summary>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double a = 0, b = 0, c = 0, d = 0;
        int i = 0;
        for (; i + 4 <= x.Length; i += 4)
        {
            a += x[i] * y[i];
            b += x[i + 1] * y[i + 1];
            c += x[i + 2] * y[i + 2];
            d += x[i + 3] * y[i + 3];
        }

        for (; i < x.Length; i++)
        {
            a += x[i] * y[i];
        }

        return a + b + (c + d);
    }

    /// <summary>Euclidean length.</summary>
    public static double Norm(ReadOnlySpan<double> x) => Math.Sqrt(Dot(x, x));

    /// <summary>(x, y) becomes (c x - s y, s x + c y).</summary>
    public static void Rotate(Span<double> x, Span<double> y, double c, double s)
    {
        Span<Vector<double>> wideX = MemoryMarshal.Cast<double, Vector<double>>(x);
        Span<Vector<double>> wideY = MemoryMarshal.Cast<double, Vector<double>>(y[..x.Length]);
        var cosine = new Vector<double>(c);
        var sine = new Vector<double>(s);
        for (int i = 0; i < wideX.Length; i++)
        {
            Vector<double> h = wideY[i];
            wideY[i] = (sine * wideX[i]) + (cosine * h);
            wideX[i] = (cosine * wideX[i]) - (sine * h);
        }

        for (int i = wideX.Length * Vector<double>.Count; i < x.Length; i++)
        {
            double h = y[i];
            y[i] = (s * x[i]) + (c * h);
            x[i] = (c * x[i]) - (s * h);
        }
    }

    /// <summary>The middle value (mean of the two middle ones for an even count); the input keeps its order.</summary>
    public static double Median(ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray();
        Array.Sort(sorted);
        int half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
