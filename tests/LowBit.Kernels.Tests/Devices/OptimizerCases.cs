using LowBit.Kernels.Optimizers;

namespace LowBit.Kernels.Tests.Devices;

/// <summary>One step of each optimiser in its variants.</summary>
internal static class OptimizerCases
{
    public static IEnumerable<DeviceCase> All =>
    [
        Sgd("sgd_plain", new(0.1f, 0, 0, false, true)),
        Sgd("sgd_decay", new(0.1f, 0, 5e-2f, false, true)),
        Sgd("sgd_momentum_first_step", new(0.1f, 0.9f, 5e-4f, false, true)),
        Sgd("sgd_momentum", new(0.1f, 0.9f, 5e-4f, false, false)),
        Sgd("sgd_nesterov_first_step", new(0.1f, 0.9f, 5e-4f, true, true)),
        Sgd("sgd_nesterov", new(0.1f, 0.9f, 5e-4f, true, false)),
        AdamW("adam_first_step", new(1e-2f, 0.9f, 0.999f, 1e-8f, 0, 1, false)),
        AdamW("adam_l2", new(1e-2f, 0.9f, 0.999f, 1e-8f, 1e-2f, 7, false)),
        AdamW("adamw", new(1e-2f, 0.9f, 0.999f, 1e-8f, 5e-2f, 7)),
        AdamW("adamw_after_long", new(1e-3f, 0.8f, 0.99f, 1e-5f, 5e-2f, 123456)),
    ];

    private static DeviceCase Sgd(string name, SgdOptions o) => new(name, TestSizes.Flat, (size, fills) =>
    {
        var p = new DeviceProblem();
        float[] g = p.Input(fills.Uniform(size[0])), m = fills.Uniform(size[0]), w = fills.Uniform(size[0]);
        var momentum = new Approx[size[0]];
        var weights = new Approx[size[0]];
        for (int i = 0; i < size[0]; i++)
        {
            Approx gradient = g[i] + ((Approx)o.WeightDecay * w[i]);
            momentum[i] = o.Momentum == 0 ? m[i] : o.FirstStep ? gradient : ((Approx)o.Momentum * m[i]) + gradient;
            Approx direction = o.Momentum == 0 ? gradient : o.Nesterov ? gradient + (o.Momentum * momentum[i]) : momentum[i];
            weights[i] = w[i] - (o.LearningRate * direction);
        }

        // A first step must not read the momentum: not even NaN may show.
        p.Changed(o.FirstStep && o.Momentum != 0 ? Array.ConvertAll(m, static _ => float.NaN) : m, momentum);
        p.Changed(w, weights);
        p.Run = (d, b) => d.SgdStep(size[0], in o, b[0], o.Momentum == 0 ? null : b[1], b[2]);
        return p;
    });

    private static DeviceCase AdamW(string name, AdamWOptions o) => new(name, TestSizes.Flat, (size, fills) =>
    {
        var p = new DeviceProblem();
        float[] g = p.Input(fills.Uniform(size[0])), m = fills.Uniform(size[0]), v = fills.Uniform(size[0], 0, 2), w = fills.Uniform(size[0]);
        Approx rest1 = Rounded(1 - (double)o.Beta1), rest2 = Rounded(1 - (double)o.Beta2);
        Approx stepSize = Rounded(o.LearningRate / (1 - Math.Pow(o.Beta1, o.Step))), root = Rounded(Math.Sqrt(1 - Math.Pow(o.Beta2, o.Step)));
        Approx shrink = o.Decoupled ? Rounded(1 - ((double)o.LearningRate * o.WeightDecay)) : 1;
        var first = new Approx[size[0]];
        var second = new Approx[size[0]];
        var weights = new Approx[size[0]];
        for (int i = 0; i < size[0]; i++)
        {
            Approx gradient = o.Decoupled ? g[i] : g[i] + ((Approx)o.WeightDecay * w[i]);
            first[i] = ((Approx)o.Beta1 * m[i]) + (rest1 * gradient);
            second[i] = ((Approx)o.Beta2 * v[i]) + (rest2 * (gradient * gradient));
            Approx denominator = (second[i].Sqrt() / root) + o.Epsilon;
            weights[i] = (shrink * w[i]) - (stepSize * first[i] / denominator);
        }

        p.Changed(m, first);
        p.Changed(v, second);
        p.Changed(w, weights);
        p.Run = (d, b) => d.AdamWStep(size[0], in o, b[0], b[1], b[2], b[3]);
        return p;
    });

    private static Approx Rounded(double exact) => new(exact, TestKit.Bounds.Relative(exact, 1));
}
