using LowBit.Search.Numerics;

namespace LowBit.Search.Direct;

/// <summary>
/// Powell's direction set method: line searches along n directions, of which the one that helped most gives way to the round's total move. Powell,
/// The Computer Journal 7(2), 1964, with the exchange rule of Acton; line searches bracket by golden steps and finish with Brent's parabolas
/// ("Algorithms for Minimization without Derivatives", 1973, chapter 5). Bounds limit the lines; coordinates with a list are rounded. A yardstick.
/// </summary>
public sealed class Powell : SequentialOptimizer
{
    internal const string KindName = "powell";
    private const double Golden = 1.618033988749895;
    private const double LineTolerance = 1e-5;
    private const int LineLimit = 60;

    private double[] _point = [];
    private double _value;

    /// <summary>A search at its start.</summary>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    public Powell(DirectOptions options)
        : base(DirectOptions.Checked(options, "Powell's method"))
    {
    }

    internal override string Kind => KindName;

    private protected override IEnumerable<double[]> Search()
    {
        int n = Coordinates.Count;
        _point = Coordinates.Take(Options.Start);
        yield return (double[])_point.Clone();
        _value = Value;
        double[][] directions = [.. Enumerable.Range(0, n).Select(j => Unit(n, j, Options.Step))];
        while (true)
        {
            double[] start = (double[])_point.Clone();
            double first = _value, largest = 0;
            int best = 0;
            for (int i = 0; i < n; i++)
            {
                double before = _value;
                foreach (double[] point in Line(directions[i]))
                {
                    yield return point;
                }

                (largest, best) = before - _value > largest ? (before - _value, i) : (largest, best);
            }

            double[] move = Difference(_point, start);
            if (!(first - _value > (Options.Termination.TolFun ?? 1e-11)) && move.All(d => Math.Abs(d) < 1e-8 + Options.Termination.TolX))
            {
                yield break;
            }

            double[] beyond = Within(Difference(_point, Difference(start, _point)));
            yield return beyond;
            double ahead = Value;
            double gain = first - _value - largest, across = first - ahead;
            if (ahead < first && (2 * (first - (2 * _value) + ahead) * gain * gain) < largest * across * across)
            {
                foreach (double[] point in Line(move))
                {
                    yield return point;
                }

                directions[best] = directions[^1];
                directions[^1] = move;
            }
        }
    }

    /// <summary>Minimises along a line from the present point and moves there.</summary>
    private IEnumerable<double[]> Line(double[] direction)
    {
        (double low, double high) = Limits(direction);
        double[] origin = _point;
        double a = 0, fa = _value, b = high > 0 ? Math.Min(1, high) : Math.Max(-1, low);
        if (!(high - low > 0) || VectorMath.Norm(direction) == 0)
        {
            yield break;
        }

        double[] At(double t)
        {
            double[] point = (double[])origin.Clone();
            VectorMath.AddScaled(point, t, direction);
            return Within(point);
        }

        yield return At(b);
        double fb = Value;
        if (!(fb < fa))
        {
            (a, fa, b, fb) = (b, fb, a, fa); // downhill is the other way, or here
        }

        // Golden steps downhill until the value rises or the box ends.
        double c = Math.Clamp(b + (Golden * (b - a)), low, high);
        yield return At(c);
        double fc = Value;
        for (int step = 0; fc < fb && c > low && c < high && step < LineLimit; step++)
        {
            (a, b, fb) = (b, c, fc);
            c = Math.Clamp(b + (Golden * (b - a)), low, high);
            yield return At(c);
            fc = Value;
        }

        // Brent: x the best, w and v the next two.
        (double left, double right) = a < c ? (a, c) : (c, a);
        (double x, double fx) = fc < fb ? (c, fc) : (b, fb);
        (double w, double fw, double v, double fv) = (x, fx, x, fx);
        double move = 0, earlier = 0;
        for (int step = 0; step < LineLimit; step++)
        {
            double middle = (left + right) / 2, tolerance = (LineTolerance * Math.Abs(x)) + 1e-11;
            if (Math.Abs(x - middle) <= (2 * tolerance) - ((right - left) / 2))
            {
                break;
            }

            double parabola = Parabola((x, fx), (w, fw), (v, fv));
            bool useful = Math.Abs(parabola) < Math.Abs(earlier) / 2 && x + parabola > left && x + parabola < right;
            (earlier, move) = useful ? (move, parabola) : Section(x, middle, left, right);
            double u = x + (Math.Abs(move) >= tolerance ? move : Math.CopySign(tolerance, move));
            yield return At(u);
            double fu = Value;
            if (fu <= fx)
            {
                (left, right) = u < x ? (left, x) : (x, right);
                (v, fv, w, fw, x, fx) = (w, fw, x, fx, u, fu);
            }
            else
            {
                (left, right) = u < x ? (u, right) : (left, u);
                if (fu <= fw || w == x)
                {
                    (v, fv, w, fw) = (w, fw, u, fu);
                }
                else if (fu <= fv || v == x || v == w)
                {
                    (v, fv) = (u, fu);
                }
            }
        }

        if (fx < _value)
        {
            (_point, _value) = (At(x), fx);
        }
    }

    /// <summary>The step from x to the vertex of the parabola through three points; NaN where they are not three.</summary>
    private static double Parabola((double X, double F) x, (double X, double F) w, (double X, double F) v)
    {
        double r = (x.X - w.X) * (x.F - v.F), q = (x.X - v.X) * (x.F - w.F);
        double p = ((x.X - v.X) * q) - ((x.X - w.X) * r);
        q = 2 * (q - r);
        return q > 0 ? -p / q : q < 0 ? p / -q : double.NaN;
    }

    private static (double Earlier, double Move) Section(double x, double middle, double left, double right)
    {
        double part = x >= middle ? left - x : right - x;
        return (part, part * (2 - Golden));
    }

    private (double Low, double High) Limits(double[] direction)
    {
        double low = double.NegativeInfinity, high = double.PositiveInfinity;
        for (int j = 0; j < direction.Length; j++)
        {
            if (direction[j] != 0)
            {
                double one = (Coordinates.Lower[j] - _point[j]) / direction[j], two = (Coordinates.Upper[j] - _point[j]) / direction[j];
                low = Math.Max(low, Math.Min(one, two));
                high = Math.Min(high, Math.Max(one, two));
            }
        }

        return (Math.Min(low, 0), Math.Max(high, 0));
    }

    private double[] Within(double[] point)
    {
        for (int j = 0; j < point.Length; j++)
        {
            point[j] = Math.Clamp(point[j], Coordinates.Lower[j], Coordinates.Upper[j]);
        }

        return point;
    }

    private static double[] Difference(double[] a, double[] b) => [.. a.Zip(b, static (p, q) => p - q)];

    private static double[] Unit(int n, int j, double length)
    {
        double[] unit = new double[n];
        unit[j] = length;
        return unit;
    }
}
