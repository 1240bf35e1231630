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
        AdamW("amsgrad", new(1e-2f, 0.9f, 0.999f, 1e-8f, 1e-2f, 7, false), amsGrad: true),
        RmsProp("rmsprop_plain", new(1e-2f, 0.99f, 1e-8f, 0, 0, false)),
        RmsProp("rmsprop_momentum_decay", new(1e-2f, 0.9f, 1e-3f, 0.9f, 1e-2f, false)),
        RmsProp("rmsprop_centered", new(1e-2f, 0.9f, 1e-2f, 0.9f, 0, true)),
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

    private static DeviceCase AdamW(string name, AdamWOptions o, bool amsGrad = false) => new(name, TestSizes.Flat, (size, fills) =>
    {
        var p = new DeviceProblem();
        float[] g = p.Input(fills.Uniform(size[0])), m = fills.Uniform(size[0]), v = fills.Uniform(size[0], 0, 2), x = fills.Uniform(size[0], 0, 2), w = fills.Uniform(size[0]);
        Approx rest1 = Rounded(1 - (double)o.Beta1), rest2 = Rounded(1 - (double)o.Beta2);
        Approx stepSize = Rounded(o.LearningRate / (1 - Math.Pow(o.Beta1, o.Step))), root = Rounded(Math.Sqrt(1 - Math.Pow(o.Beta2, o.Step)));
        Approx shrink = o.Decoupled ? Rounded(1 - ((double)o.LearningRate * o.WeightDecay)) : 1;
        var first = new Approx[size[0]];
        var second = new Approx[size[0]];
        var largest = new Approx[size[0]];
        var weights = new Approx[size[0]];
        for (int i = 0; i < size[0]; i++)
        {
            Approx gradient = o.Decoupled ? g[i] : g[i] + ((Approx)o.WeightDecay * w[i]);
            first[i] = ((Approx)o.Beta1 * m[i]) + (rest1 * gradient);
            second[i] = ((Approx)o.Beta2 * v[i]) + (rest2 * (gradient * gradient));
            largest[i] = x[i] > second[i].Value ? x[i] : second[i];
            Approx denominator = ((amsGrad ? largest[i] : second[i]).Sqrt() / root) + o.Epsilon;
            weights[i] = (shrink * w[i]) - (stepSize * first[i] / denominator);
        }

        p.Changed(m, first);
        p.Changed(v, second);
        if (amsGrad)
        {
            p.Changed(x, largest);
        }

        p.Changed(w, weights);
        p.Run = (d, b) => d.AdamWStep(size[0], in o, b[0], b[1], b[2], amsGrad ? b[3] : null, b[amsGrad ? 4 : 3]);
        return p;
    });

    private static DeviceCase RmsProp(string name, RmsPropOptions o) => new(name, TestSizes.Flat, (size, fills) =>
    {
        var p = new DeviceProblem();

        // Means within ±0.3 under squares from 1 to 2: the deviation stays away from zero, where no bound holds.
        float[] g = p.Input(fills.Uniform(size[0], -0.5f, 0.5f)), v = fills.Uniform(size[0], 1, 2), c = fills.Uniform(size[0], -0.3f, 0.3f);
        float[] m = fills.Uniform(size[0]), w = fills.Uniform(size[0]);
        Approx rest = Rounded(1 - (double)o.Alpha);
        var square = new Approx[size[0]];
        var mean = new Approx[size[0]];
        var momentum = new Approx[size[0]];
        var weights = new Approx[size[0]];
        for (int i = 0; i < size[0]; i++)
        {
            Approx gradient = g[i] + ((Approx)o.WeightDecay * w[i]);
            square[i] = ((Approx)o.Alpha * v[i]) + (rest * (gradient * gradient));
            mean[i] = ((Approx)o.Alpha * c[i]) + (rest * gradient);
            Approx variance = o.Centered ? square[i] - (mean[i] * mean[i]) : square[i];
            Approx direction = gradient / (variance.Sqrt() + o.Epsilon);
            momentum[i] = ((Approx)o.Momentum * m[i]) + direction;
            weights[i] = w[i] - (o.LearningRate * (o.Momentum == 0 ? direction : momentum[i]));
        }

        int at = 1;
        p.Changed(v, square);
        int meanAt = o.Centered ? ++at : 0, momentumAt = o.Momentum != 0 ? ++at : 0;
        if (o.Centered)
        {
            p.Changed(c, mean);
        }

        if (o.Momentum != 0)
        {
            p.Changed(m, momentum);
        }

        p.Changed(w, weights);
        p.Run = (d, b) => d.RmsPropStep(size[0], in o, b[0], b[1], o.Centered ? b[meanAt] : null, o.Momentum == 0 ? null : b[momentumAt], b[at + 1]);
        return p;
    });

    private static Approx Rounded(double exact) => new(exact, TestKit.Bounds.Relative(exact, 1));
}
