using LowBit.Kernels.Elementwise;
using LowBit.TestKit;

namespace LowBit.Kernels.Tests.Devices;

/// <summary>Element-wise functions of one input: values against the formula in double, slopes against the difference quotient of the surrogate.</summary>
internal static class UnaryCases
{
    public static IEnumerable<DeviceCase> All =>
    [
        .. Case<Relu>(-3, 3, [0], valueUnits: 0),
        .. Case<Relu6>(-3, 9, [0, 6], valueUnits: 0),
        .. Case<Silu>(-9, 9, [], valueUnits: 6),
        .. Case<HardSwish>(-5, 5, [-3, 3], valueUnits: 4),
        .. Case<Sigmoid>(-20, 20, [], valueUnits: 5),
        .. Case<Tanh>(-6, 6, [], valueUnits: 6),
        .. Case<Exp>(-20, 20, [], valueUnits: 3),
        .. Case<Log>(0.25, 50, [], valueUnits: 4),
        .. Case<Abs>(-3, 3, [0], valueUnits: 0),
        .. Case<Negate>(-3, 3, [], valueUnits: 0),
        .. Case<Square>(-3, 3, [], valueUnits: 1),
        .. Case<Sqrt>(0.25, 50, [], valueUnits: 1),
        .. Case<RoundSte>(-9, 9, [], valueUnits: 0, static x => Math.Round(x, MidpointRounding.ToEven)),
        .. Case<SignSte>(-3, 3, [-1, 1], valueUnits: 0, static x => x >= 0 ? 1 : -1),
    ];

    private static IEnumerable<DeviceCase> Case<TOp>(double low, double high, double[] kinks, double valueUnits, Func<double, double>? value = null)
        where TOp : struct, IUnaryOp
    {
        Func<double, double> f = value ?? TOp.Surrogate;
        yield return new DeviceCase(TOp.Name, TestSizes.Flat, (size, fills) =>
        {
            var p = new DeviceProblem();
            float[] x = p.Input(fills.Uniform(size[0], low, high));
            p.Output(Array.ConvertAll(x, v => Value(f(v), valueUnits)));
            p.Run = (d, b) => d.Unary<TOp>(size[0], b[0], b[1]);
            return p;
        });
        yield return new DeviceCase(TOp.Name + "_in_place", TestSizes.FlatFew, (size, fills) =>
        {
            var p = new DeviceProblem();
            float[] x = fills.Uniform(size[0], low, high);
            p.Changed(x, Array.ConvertAll(x, v => Value(f(v), valueUnits)));
            p.Run = (d, b) => d.Unary<TOp>(size[0], b[0], b[0]);
            return p;
        });
        yield return new DeviceCase(TOp.Name + "_backward", TestSizes.Flat,
            (size, fills) => Backward<TOp>(size[0], fills.Smooth(size[0], low, high, kinks), fills));
    }

    private static Approx Value(double exact, double units)
        => units == 0 ? new(exact, 0) : new(exact, (Bounds.Gamma(units) * Math.Abs(exact)) + Bounds.Underflow);

    private static DeviceProblem Backward<TOp>(int count, float[] x, Fills fills)
        where TOp : struct, IUnaryOp
    {
        var p = new DeviceProblem();
        float[] kept = TOp.Keeps == Keeps.Output ? Array.ConvertAll(x, static v => (float)TOp.Surrogate(v)) : x;
        p.Input(kept);
        float[] gy = p.Input(fills.Uniform(count));
        float[] gx = fills.Uniform(count);
        p.Changed(gx, x.Select((v, i) => gx[i] + (gy[i] * Slope<TOp>(v))).ToArray());
        p.Run = (d, b) => d.UnaryBackward<TOp>(count, TOp.Keeps == Keeps.Nothing ? null : b[0], b[1], b[2]);
        return p;
    }

    // Central difference with step h: h²/6·f''' of truncation and 2u/h of rounding stay below 1e-8 here; ten roundings of a slope
    // whose terms are at most 1 + |slope| come on top.
    private static Approx Slope<TOp>(double x)
        where TOp : struct, IUnaryOp
    {
        double h = 1e-5 * Math.Max(1, Math.Abs(x));
        double slope = (TOp.Surrogate(x + h) - TOp.Surrogate(x - h)) / (2 * h);
        return new Approx(slope, (Bounds.Gamma(10) * (1 + Math.Abs(slope))) + (1e-8 * (1 + Math.Abs(slope))));
    }
}
