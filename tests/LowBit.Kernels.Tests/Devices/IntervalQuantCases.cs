using LowBit.Kernels.FakeQuantization;
using LowBit.TestKit;

namespace LowBit.Kernels.Tests.Devices;

/// <summary>
/// Quantizers with an interval of their own, and the shrinking transform. Codes are integers, so the forward pass of the quantizer must be equal, not
/// close; inputs include ties, both ends of the interval and values far outside.
/// </summary>
internal static class IntervalQuantCases
{
    // Floats are added within blocks of this many.
    private const int BlockLength = 2048;

    private static readonly int[][] s_sizes = [[1, 0], [1, 1], [1, 33], [1, 1009], [1, 70001], [7, 9], [16, 144], [3, 20000]];

    public static IEnumerable<DeviceCase> All =>
    [
        .. Cases("u4", 0, 15, 0, default(InsideSlope), static (v, _, _, low, high, _) => v > low && v < high ? 1 : 0),
        .. Cases("u8_affine", 0, 255, 117, default(InsideSlope), static (v, _, _, low, high, _) => v > low && v < high ? 1 : 0),
        .. Cases("s3", -3, 3, 0, new EwgsSlope(0.75f), static (v, q, g, low, high, _) =>
            v < low || v > high ? 0 : Math.Max(0, 1 + (0.75 * Math.Sign(g) * (v - q) / (high - low)))),
        .. Cases("u2", 0, 3, 0, new DsqSlope(1), static (v, _, _, low, high, alpha) => v <= low || v >= high ? 0 : Soft(v - Math.Floor(v) - 0.5, alpha), Softened),
        .. Shrinking("linear", 1),
        .. Shrinking("bent", 1.6f),
    ];

    private delegate double Slope(double v, double q, double g, double low, double high, double alpha);

    private static double Soft(double t, double alpha)
    {
        double k = Math.Log((2 / alpha) - 1);
        return k / (2 * Math.Tanh(k / 2) * Math.Pow(Math.Cosh(k * t), 2));
    }

    // The derivative of the soft step in double precision by a difference, which shares no formula with the kernel.
    private static double Softened(double v, double q, double g, double low, double high, double alpha)
    {
        const double Change = 1e-6;
        double t = v - Math.Floor(v) - 0.5;
        double Level(double a)
        {
            double k = Math.Log((2 / a) - 1);
            return Math.Tanh(k * t) / Math.Tanh(k / 2) / 2;
        }

        return v <= low || v >= high ? 0 : (Level(alpha + Change) - Level(alpha - Change)) / (2 * Change);
    }

    private static IEnumerable<DeviceCase> Cases<TSlope>(string name, int low, int high, int zero, TSlope slope, Slope oracle, Slope? change = null)
        where TSlope : struct, ISlope
    {
        yield return new DeviceCase($"interval_quant_{name}", s_sizes, (size, fills) =>
        {
            var shape = new FakeQuantShape(size[0], size[1], low, high, zero);
            var p = new DeviceProblem();
            float[] grid = p.Input(Grid(size[0], fills)), x = p.Input(Inputs(shape, grid, fills));
            p.Output([.. x.Select((v, i) => (Approx)(grid[(IntervalGrid.Length * (i / shape.Inner)) + 2] * Code(v, i, shape, grid).Code))]);
            p.Run = (d, b) => d.IntervalQuantForward<RoundHalfEven>(in shape, b[1], b[0], b[2]);
            return p;
        });
        foreach ((bool input, bool added, bool sums) in new[] { (true, true, true), (true, false, true), (true, true, false), (false, true, true) })
        {
            yield return new DeviceCase(
                $"interval_quant_{name}_{TSlope.Name}_backward_{(input ? added ? "x" : "w" : "")}{(sums ? "s" : "")}", s_sizes,
                (size, fills) => Backward(new(size[0], size[1], low, high, zero), slope, oracle, change, (input, added, sums), fills),
                SameOnAllIsas: false);
        }
    }

    private static DeviceProblem Backward<TSlope>(FakeQuantShape shape, TSlope slope, Slope oracle, Slope? change, (bool Input, bool Added, bool Sums) wanted, Fills fills)
        where TSlope : struct, ISlope
    {
        var p = new DeviceProblem();
        float[] grid = p.Input(Grid(shape.Channels, fills)), x = p.Input(Inputs(shape, grid, fills)), gy = p.Input(fills.Uniform(shape.Count));
        float[] gx = fills.Uniform(shape.Count);
        float low = shape.Low - shape.ZeroPoint, high = shape.High - shape.ZeroPoint;
        (Approx Slope, float V, float Q, Approx Change)[] s = [.. x.Select((value, i) =>
        {
            (float v, float q) = Code(value, i, shape, grid);
            float alpha = grid[(IntervalGrid.Length * (i / shape.Inner)) + 3];

            // A handful of roundings, an exponential, and the place in a cell, which loses what v is large.
            double exact = oracle(v, q, gy[i], low, high, alpha), changed = change?.Invoke(v, q, gy[i], low, high, alpha) ?? 0;
            double error = Bounds.Gamma(24 + (4 * Math.Abs(v)));

            // Of dq/dα two terms of up to 1/α cancel; the difference that it is compared with is good to nine digits.
            Approx softening = change is null ? 0f : new Approx(changed, ((error + 1e-9) * (Math.Abs(changed) + (2 / alpha))));
            return (new Approx(exact, error * (Math.Abs(exact) + 1)), v, q, softening);
        })];
        p.Changed(gx, [.. gx.Select((before, i) => wanted.Input ? (wanted.Added ? before : 0f) + (gy[i] * (s[i].Slope * ((Approx)grid[(IntervalGrid.Length * (i / shape.Inner)) + 2] / grid[(IntervalGrid.Length * (i / shape.Inner)) + 1]))) : (Approx)before)]);
        var sums = new List<Approx>();
        for (int c = 0; c < shape.Channels; c++)
        {
            Approx Sum(Func<int, Approx> term) => Approx.Sum(Enumerable.Range(c * shape.Inner, shape.Inner).Select(term), Math.Min(shape.Inner, BlockLength) + 4);
            sums.Add(Sum(i => gy[i] * (s[i].Q - (s[i].Slope * s[i].V))));
            sums.Add(Sum(i => gy[i] * s[i].Slope));
            sums.Add(Sum(i => gy[i] * (s[i].Slope * s[i].V)));
            sums.Add(Sum(i => gy[i]));
            sums.Add(Sum(i => gy[i] * s[i].Change));
        }

        if (wanted.Sums)
        {
            p.Output([.. sums]);
        }

        p.Run = (d, b) => d.IntervalQuantBackward<RoundHalfEven, TSlope>(
            in shape, slope, b[1], b[0], b[2], wanted.Input ? b[3] : null, wanted.Added, wanted.Sums ? b[4] : null);
        return p;
    }

    private static IEnumerable<DeviceCase> Shrinking(string name, float gamma)
    {
        yield return new DeviceCase($"shrink_{name}", s_sizes, (size, fills) =>
        {
            var shape = new FakeQuantShape(size[0], size[1], 0, 0);
            var p = new DeviceProblem();
            float[] grid = p.Input(ShrinkNumbers(size[0], gamma, fills)), x = p.Input(fills.Uniform(shape.Count));
            p.Output([.. x.Select((v, i) => Shrunk(v, i, shape, grid).Value)]);
            p.Run = (d, b) => d.ShrinkForward(in shape, b[1], b[0], b[2]);
            return p;
        });
        foreach (bool input in new[] { true, false })
        {
            yield return new DeviceCase($"shrink_{name}_backward_{(input ? "x" : "")}s", s_sizes, (size, fills) => ShrinkBackward(size, gamma, input, fills), SameOnAllIsas: false);
        }
    }

    private static DeviceProblem ShrinkBackward(int[] size, float gamma, bool input, Fills fills)
    {
        var shape = new FakeQuantShape(size[0], size[1], 0, 0);
        var p = new DeviceProblem();
        float[] grid = p.Input(ShrinkNumbers(size[0], gamma, fills)), x = p.Input(fills.Uniform(shape.Count)), gy = p.Input(fills.Uniform(shape.Count));
        float[] gx = fills.Uniform(shape.Count);
        (Approx Value, Approx Place, Approx Power, Approx Slope, Approx Logged)[] s = [.. x.Select((v, i) => Shrunk(v, i, shape, grid))];
        p.Changed(gx, [.. gx.Select((before, i) =>
        {
            int c = i / shape.Inner * 4;
            return input ? before + (gy[i] * (Approx)grid[c + 3] * s[i].Slope / (2 * (Approx)grid[c + 1])) : (Approx)before;
        })]);
        var sums = new List<Approx>();
        for (int c = 0; c < shape.Channels; c++)
        {
            Approx Sum(Func<int, Approx> term) => Approx.Sum(Enumerable.Range(c * shape.Inner, shape.Inner).Select(term), Math.Min(shape.Inner, BlockLength) + 4);
            Approx Upstream(int i) => gy[i] * (Approx)grid[(c * 4) + 3] * (x[i] < 0 ? -1f : 1f);
            sums.Add(Sum(i => Upstream(i) * s[i].Slope));
            sums.Add(Sum(i => Upstream(i) * s[i].Slope * (s[i].Place - 0.5f)));
            sums.Add(Sum(i => Upstream(i) * s[i].Logged));
        }

        p.Output([.. sums]);
        p.Run = (d, b) => d.ShrinkBackward(in shape, b[1], b[0], b[2], input ? b[3] : null, b[4]);
        return p;
    }

    private static (Approx Value, Approx Place, Approx Power, Approx Slope, Approx Logged) Shrunk(float x, int i, FakeQuantShape shape, float[] grid)
    {
        ReadOnlySpan<float> own = grid.AsSpan(i / shape.Inner * 4, 4);
        Approx t = ((Math.Abs(x) - (Approx)own[0]) / (2 * (Approx)own[1])) + 0.5f;
        float sign = x < 0 ? -1 : 1;
        if (t.Value <= 0)
        {
            return (0f, 0f, 0f, 0f, 0f);
        }

        if (t.Value >= 1)
        {
            return (sign * (Approx)own[3], 1f, 1f, 0f, 0f);
        }

        Approx log = t.Log();
        Approx p = own[2] == 1 ? t : (own[2] * log).Exp();
        return (own[3] * (Approx)sign * p, t, p, own[2] * (p / t), p * log);
    }

    // Channels differ; the first step is a power of two, so that ties k + 1/2 are hit exactly.
    private static float[] Grid(int channels, Fills fills)
    {
        float[] grid = fills.Uniform(channels * IntervalGrid.Length, 0.02, 0.5);
        grid[0] = -0.25f;
        grid[1] = 0.125f;
        return grid;
    }

    private static float[] ShrinkNumbers(int channels, float gamma, Fills fills)
    {
        float[] grid = fills.Uniform(channels * 4, 0.5, 1.2);
        for (int c = 0; c < channels; c++)
        {
            grid[(c * 4) + 1] *= 0.5f;
            grid[(c * 4) + 2] = gamma;
        }

        return grid;
    }

    private static (float V, float Code) Code(float x, int i, FakeQuantShape shape, float[] grid)
    {
        int c = i / shape.Inner * IntervalGrid.Length;
        float v = (x - grid[c]) / grid[c + 1];
        return (v, Math.Clamp(MathF.Round(v, MidpointRounding.ToEven) + shape.ZeroPoint, shape.Low, shape.High) - shape.ZeroPoint);
    }

    private static float[] Inputs(FakeQuantShape shape, float[] grid, Fills fills)
    {
        float[] x = fills.Uniform(shape.Count);
        for (int i = 0; i < x.Length; i++)
        {
            float offset = grid[IntervalGrid.Length * (i / shape.Inner)], step = grid[(IntervalGrid.Length * (i / shape.Inner)) + 1];
            int low = shape.Low - shape.ZeroPoint, high = shape.High - shape.ZeroPoint;
            x[i] = offset + ((i % 7) switch
            {
                0 => (low + fills.Below(high - low + 1) + 0.5f) * step,
                1 => (fills.Below(2) == 0 ? low - 1.25f : high + 1.25f) * step,
                _ => x[i] / 2 * (high - low) * step,
            });
        }

        return x;
    }
}
