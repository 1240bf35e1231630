using LowBit.Kernels.Elementwise;
using LowBit.TestKit;

namespace LowBit.Kernels.Tests.Devices;

/// <summary>Element-wise functions of two inputs.</summary>
internal static class BinaryCases
{
    public static IEnumerable<DeviceCase> All =>
    [
        .. Case<Add>(1), .. Case<Subtract>(1), .. Case<Multiply>(1), .. Case<Divide>(1), .. Case<Maximum>(0), .. Case<Minimum>(0),
    ];

    private static IEnumerable<DeviceCase> Case<TOp>(double units)
        where TOp : struct, IBinaryOp
    {
        yield return new DeviceCase(TOp.Name, TestSizes.Flat, (size, fills) =>
        {
            var p = new DeviceProblem();
            float[] a = p.Input(fills.Uniform(size[0])), b = p.Input(Away(fills, size[0]));
            p.Output(a.Zip(b, (x, y) => Value(TOp.Exact(x, y), units)).ToArray());
            p.Run = (d, buffers) => d.Binary<TOp>(size[0], buffers[0], buffers[1], buffers[2]);
            return p;
        });
        foreach ((bool wantA, bool wantB) in new[] { (true, true), (true, false), (false, true) })
        {
            yield return new DeviceCase($"{TOp.Name}_backward_{(wantA ? "a" : "")}{(wantB ? "b" : "")}", TestSizes.FlatFew,
                (size, fills) => Backward<TOp>(size[0], wantA, wantB, fills));
        }
    }

    private static Approx Value(double exact, double units) => new(exact, units == 0 ? 0 : Bounds.Relative(exact, units));

    // Divisors of at least a half in magnitude, so that slopes stay moderate.
    private static float[] Away(Fills fills, int count) => Array.ConvertAll(fills.Uniform(count), static v => v + MathF.CopySign(0.5f, v));

    private static DeviceProblem Backward<TOp>(int count, bool wantA, bool wantB, Fills fills)
        where TOp : struct, IBinaryOp
    {
        var p = new DeviceProblem();
        float[] a = p.Input(fills.Uniform(count)), b = p.Input(Away(fills, count)), gy = p.Input(fills.Uniform(count));
        for (int i = 0; i < count; i++)
        {
            // Keep away from the bend of the maximum.
            a[i] = MathF.Abs(a[i] - b[i]) < 1e-3f ? b[i] + 0.01f : a[i];
        }

        float[] ga = fills.Uniform(count), gb = fills.Uniform(count);
        p.Changed(ga, Enumerable.Range(0, count).Select(i => wantA ? ga[i] + (gy[i] * Slope(x => TOp.Exact(x, b[i]), a[i])) : (Approx)ga[i]).ToArray());
        p.Changed(gb, Enumerable.Range(0, count).Select(i => wantB ? gb[i] + (gy[i] * Slope(x => TOp.Exact(a[i], x), b[i])) : (Approx)gb[i]).ToArray());
        p.Run = (d, buffers) => d.BinaryBackward<TOp>(
            count, TOp.KeepsInputs ? buffers[0] : null, TOp.KeepsInputs ? buffers[1] : null, buffers[2], wantA ? buffers[3] : null, wantB ? buffers[4] : null);
        return p;
    }

    private static Approx Slope(Func<double, double> f, double x)
    {
        const double h = 1e-5;
        double slope = (f(x + h) - f(x - h)) / (2 * h);
        return new Approx(slope, (Bounds.Gamma(4) * Math.Abs(slope)) + 1e-7);
    }
}
