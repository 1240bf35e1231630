using LowBit.Kernels.FakeQuantization;

namespace LowBit.Kernels.Tests.Devices;

/// <summary>
/// Fake-quantization per tensor and per channel. Codes are integers, so the forward pass must be equal, not close; inputs include
/// ties, both ends of the range and values far outside.
/// </summary>
internal static class FakeQuantCases
{
    // Floats are added within blocks of this many.
    private const int BlockLength = 2048;

    private static readonly int[][] s_sizes =
    [
        [1, 0], [1, 1], [1, 5], [1, 16], [1, 33], [1, 1009], [1, 16385], [1, 70001], [7, 9], [16, 144], [64, 577], [3, 20000], [33, 1],
    ];

    public static IEnumerable<DeviceCase> All =>
    [
        .. Case<RoundHalfEven, StraightThrough>("u4", 0, 15, 0, Half, Lsq),
        .. Case<RoundHalfEven, StraightThrough>("s3_narrow", -3, 3, 0, Half, Lsq),
        .. Case<RoundHalfEven, StraightThrough>("u8_affine", 0, 255, 117, Half, Lsq),
        .. Case<RoundHalfEven, PactEstimator>("u2", 0, 3, 0, Half, Pact),
        .. Case<RoundHalfEven, IdentityInside>("s8", -128, 127, 0, Half, static (v, _, low, high) => (v >= low && v <= high ? 1 : 0, 0)),
        .. Case<RoundDown, IdentityEverywhere>("u4_floor", 0, 15, 0, MathF.Floor, static (_, _, _, _) => (1, 0)),
        .. Case<RoundBipolar, StraightThrough>("bipolar", -1, 1, 0, static v => v >= 0 ? 1 : -1, Lsq),
    ];

    private delegate (float Input, float Step) Slopes(float v, float q, float low, float high);

    private static float Half(float v) => MathF.Round(v, MidpointRounding.ToEven);

    private static (float Input, float Step) Lsq(float v, float q, float low, float high)
        => v <= low ? (0, low) : v >= high ? (0, high) : (1, q - v);

    private static (float Input, float Step) Pact(float v, float q, float low, float high)
        => (v >= low && v < high ? 1 : 0, v >= high ? high : 0);

    private static IEnumerable<DeviceCase> Case<TRounding, TEstimator>(string name, int low, int high, int zero, Func<float, float> round, Slopes slopes)
        where TRounding : struct, IRounding
        where TEstimator : struct, IEstimator
    {
        string full = $"fake_quant_{name}_{TRounding.Name}";
        yield return new DeviceCase(full, s_sizes, (size, fills) =>
        {
            var shape = new FakeQuantShape(size[0], size[1], low, high, zero);
            var p = new DeviceProblem();
            float[] steps = p.Input(Steps(size[0], fills)), x = p.Input(Inputs(shape, steps, fills));
            p.Output(x.Select((v, i) => (Approx)(steps[i / shape.Inner] * Code(v / steps[i / shape.Inner], shape, round))).ToArray());
            p.Run = (d, b) => d.FakeQuantForward<TRounding>(in shape, b[1], b[0], b[2]);
            return p;
        });
        foreach ((string wanted, bool accumulate) in new[] { ("xs", true), ("x", true), ("s", true), ("xs", false), ("x", false) })
        {
            yield return new DeviceCase(
                $"{full}_{TEstimator.Name}_backward_{wanted}{(accumulate ? "" : "_written")}", s_sizes,
                (size, fills) => Backward<TRounding, TEstimator>(new(size[0], size[1], low, high, zero), wanted, accumulate, round, slopes, fills),
                SameOnAllIsas: false);
        }
    }

    private static DeviceProblem Backward<TRounding, TEstimator>(
        FakeQuantShape shape, string wanted, bool accumulate, Func<float, float> round, Slopes slopes, Fills fills)
        where TRounding : struct, IRounding
        where TEstimator : struct, IEstimator
    {
        const float gradientScale = 0.125f;
        (bool wantsInput, bool wantsStep) = (wanted.Contains('x'), wanted.Contains('s'));
        var p = new DeviceProblem();
        float[] steps = p.Input(Steps(shape.Channels, fills)), x = p.Input(Inputs(shape, steps, fills)), gy = p.Input(fills.Uniform(shape.Count));
        float[] gx = fills.Uniform(shape.Count), gs = fills.Uniform(shape.Channels);
        (float Input, float Step)[] s = [.. x.Select((v, i) =>
        {
            float real = v / steps[i / shape.Inner];
            return slopes(real, Code(real, shape, round), shape.Low - shape.ZeroPoint, shape.High - shape.ZeroPoint);
        })];
        if (accumulate)
        {
            p.Changed(gx, gx.Select((before, i) => wantsInput ? before + ((Approx)gy[i] * s[i].Input) : (Approx)before).ToArray());
        }
        else
        {
            p.Output(gy.Select((g, i) => (Approx)g * s[i].Input).ToArray());
        }

        p.Changed(gs, Enumerable.Range(0, shape.Channels).Select(c =>
        {
            IEnumerable<Approx> terms = Enumerable.Range(c * shape.Inner, shape.Inner).Select(i => (Approx)gy[i] * s[i].Step);
            return wantsStep ? gs[c] + (gradientScale * Approx.Sum(terms, Math.Min(shape.Inner, BlockLength) + 4)) : (Approx)gs[c];
        }).ToArray());
        p.Run = (d, b) => d.FakeQuantBackward<TRounding, TEstimator>(
            in shape, b[1], b[0], b[2], gradientScale, wantsInput ? b[3] : null, accumulate, wantsStep ? b[4] : null);
        return p;
    }

    private static float Code(float real, FakeQuantShape shape, Func<float, float> round)
        => Math.Clamp(round(real) + shape.ZeroPoint, shape.Low, shape.High) - shape.ZeroPoint;

    // The first step is a power of two, so that ties k + 1/2 are hit exactly.
    private static float[] Steps(int channels, Fills fills)
    {
        float[] steps = fills.Uniform(channels, 0.02, 0.7);
        steps[0] = 0.125f;
        return steps;
    }

    private static float[] Inputs(FakeQuantShape shape, float[] steps, Fills fills)
    {
        float[] x = fills.Uniform(shape.Count);
        for (int i = 0; i < x.Length; i++)
        {
            float step = steps[i / shape.Inner];
            int low = shape.Low - shape.ZeroPoint, high = shape.High - shape.ZeroPoint;
            x[i] = (i % 7) switch
            {
                0 => (low + fills.Below(high - low + 1) + 0.5f) * step,
                1 => (low - 1 + fills.Below(high - low + 3)) * step,
                2 => (fills.Below(2) == 0 ? low - 0.5f : high + 0.5f) * step,
                _ => x[i] / 2 * (high - low) * step,
            };
        }

        return x;
    }
}
