using LowBit.TestKit.Oracles;

namespace LowBit.Tensors.Tests.Ops;

/// <summary>What the ops compute, one scalar at a time and in the plainest order.</summary>
internal static class Formulas
{
    public static List<Var> Linear(ErrorTape tape, Operand x, Operand w, Operand? bias)
    {
        var y = new List<Var>();
        for (int n = 0; n < x.Shape[0]; n++)
        {
            for (int o = 0; o < w.Shape[0]; o++)
            {
                int inputs = x.Shape[1];
                y.Add(tape.Dot(x.Values[(n * inputs)..((n + 1) * inputs)], w.Values[(o * inputs)..((o + 1) * inputs)], bias?[o]));
            }
        }

        return y;
    }

    public static List<Var> MatMul(ErrorTape tape, Operand a, Operand b)
    {
        var y = new List<Var>();
        for (int m = 0; m < a.Shape[0]; m++)
        {
            for (int n = 0; n < b.Shape[1]; n++)
            {
                int column = n;
                y.Add(tape.Dot(a.Values[(m * a.Shape[1])..((m + 1) * a.Shape[1])], [.. Enumerable.Range(0, b.Shape[0]).Select(k => b[k, column])]));
            }
        }

        return y;
    }

    public static List<Var> Conv2d(ErrorTape tape, Operand x, Operand w, Operand? bias, int stride, int padding, int groups)
    {
        (int height, int width, int perGroup) = (x.Shape[1], x.Shape[2], w.Shape[3]);
        int outHeight = ((height + (2 * padding) - w.Shape[1]) / stride) + 1, outWidth = ((width + (2 * padding) - w.Shape[2]) / stride) + 1;
        var y = new List<Var>();
        List<Var> left = [], right = [];
        for (int n = 0; n < x.Shape[0]; n++)
        {
            for (int at = 0; at < outHeight * outWidth; at++)
            {
                for (int o = 0; o < w.Shape[0]; o++)
                {
                    int firstChannel = o / (w.Shape[0] / groups) * perGroup;
                    left.Clear();
                    right.Clear();
                    for (int tap = 0; tap < w.Shape[1] * w.Shape[2]; tap++)
                    {
                        int r = tap / w.Shape[2], s = tap % w.Shape[2];
                        int i = (at / outWidth * stride) + r - padding, j = (at % outWidth * stride) + s - padding;
                        for (int c = 0; c < perGroup && i >= 0 && j >= 0 && i < height && j < width; c++)
                        {
                            left.Add(x[n, i, j, firstChannel + c]);
                            right.Add(w[o, r, s, c]);
                        }
                    }

                    y.Add(tape.Dot(left, right, bias?[o]));
                }
            }
        }

        return y;
    }

    /// <summary>Mean and biased variance of one channel.</summary>
    public static (Var Mean, Var Variance) Moments(ErrorTape tape, Operand x, int channel, int channels)
    {
        Var[] samples = [.. Enumerable.Range(0, x.Length / channels).Select(r => x[(r * channels) + channel])];
        Var mean = tape.Sum(samples) * (1.0 / samples.Length);
        Var[] centred = [.. samples.Select(v => v - mean)];
        return (mean, tape.Dot(centred, centred) * (1.0 / samples.Length));
    }

    public static List<Var> BatchNormTraining(ErrorTape tape, Operand x, Operand gamma, Operand beta, double epsilon)
    {
        int channels = gamma.Length;
        var statistics = Enumerable.Range(0, channels).Select(c => Moments(tape, x, c, channels)).ToArray();
        return Normalise(tape, x, gamma, beta, statistics, epsilon);
    }

    public static List<Var> BatchNormEvaluation(ErrorTape tape, Operand x, Operand gamma, Operand beta, Operand mean, Operand variance, double epsilon)
        => Normalise(tape, x, gamma, beta, [.. mean.Values.Zip(variance.Values)], epsilon);

    /// <summary>The same as one multiplication and one addition, as PyTorch does it; larger intermediates, hence a larger bound.</summary>
    public static List<Var> BatchNormFolded(ErrorTape tape, Operand x, Operand gamma, Operand beta, Operand mean, Operand variance, double epsilon)
    {
        Var one = tape.Constant(1);
        Var[] scale = [.. variance.Values.Select((v, c) => one / (v + epsilon).Sqrt() * gamma[c])];
        Var[] shift = [.. scale.Select((s, c) => beta[c] - (mean[c] * s))];
        return [.. x.Values.Select((v, i) => (v * scale[i % scale.Length]) + shift[i % scale.Length])];
    }

    public static List<Var> MaxPool(Operand x, int kernel, int stride, int padding)
        => Pool(x, kernel, stride, padding, static window => window.Aggregate(static (a, b) => a.Max(b)));

    public static List<Var> AveragePool(ErrorTape tape, Operand x, int kernel, int stride, int padding)
        => Pool(x, kernel, stride, padding, window => tape.Sum(window) * (1.0 / (kernel * kernel)));

    public static List<Var> GlobalAveragePool(ErrorTape tape, Operand x)
    {
        var y = new List<Var>();
        int pixels = x.Shape[1] * x.Shape[2], channels = x.Shape[3];
        for (int n = 0; n < x.Shape[0]; n++)
        {
            for (int c = 0; c < channels; c++)
            {
                Var[] all = [.. Enumerable.Range(0, pixels).Select(p => x[(((n * pixels) + p) * channels) + c])];
                y.Add(tape.Sum(all) * (1.0 / pixels));
            }
        }

        return y;
    }

    public static List<Var> ShortcutA(ErrorTape tape, Operand x, int channels, int stride)
    {
        var y = new List<Var>();
        int inputs = x.Shape[3], before = (channels - inputs) / 2;
        for (int n = 0; n < x.Shape[0]; n++)
        {
            for (int i = 0; i < x.Shape[1]; i += stride)
            {
                for (int j = 0; j < x.Shape[2]; j += stride)
                {
                    for (int c = -before; c < channels - before; c++)
                    {
                        y.Add(c >= 0 && c < inputs ? x[n, i, j, c] : tape.Constant(0));
                    }
                }
            }
        }

        return y;
    }

    public static List<Var> LogSoftmax(ErrorTape tape, Operand x)
    {
        int classes = x.Shape[^1];
        var y = new List<Var>();
        for (int r = 0; r < x.Length / classes; r++)
        {
            Var[] row = x.Values[(r * classes)..((r + 1) * classes)];
            double top = row.Max(static v => v.Value);
            Var[] shifted = [.. row.Select(v => v + -top)];
            Var log = tape.Sum([.. shifted.Select(static v => v.Exp())]).Log();
            y.AddRange(shifted.Select(v => v - log));
        }

        return y;
    }

    public static List<Var> Distillation(ErrorTape tape, Operand logits, Operand target, float temperature)
    {
        Operand Cooled(Operand x) => new(x.Shape, [.. x.Values.Select(v => v * (double)(1 / temperature))]);
        List<Var> q = LogSoftmax(tape, Cooled(logits)), p = LogSoftmax(tape, Cooled(target));
        List<Var> terms = [.. p.Zip(q, static (a, b) => a.Exp() * (a - b))];
        return [tape.Sum(terms) * ((double)temperature * temperature / logits.Shape[0])];
    }

    public static List<Var> CrossEntropy(ErrorTape tape, Operand logits, int[] labels, double smoothing)
    {
        int classes = logits.Shape[1];
        List<Var> logarithms = LogSoftmax(tape, logits), losses = [];
        for (int r = 0; r < labels.Length; r++)
        {
            List<Var> row = logarithms[(r * classes)..((r + 1) * classes)];
            losses.Add((row[labels[r]] * (smoothing - 1)) - (tape.Sum(row) * (smoothing / classes)));
        }

        return [tape.Sum(losses) * (1.0 / labels.Length)];
    }

    private static List<Var> Normalise(
        ErrorTape tape, Operand x, Operand gamma, Operand beta, (Var Mean, Var Variance)[] statistics, double epsilon)
    {
        int channels = gamma.Length;
        Var one = tape.Constant(1);
        Var[] inverse = [.. statistics.Select(s => one / (s.Variance + epsilon).Sqrt())];
        var y = new List<Var>();
        for (int i = 0; i < x.Length; i++)
        {
            int c = i % channels;
            y.Add(((x[i] - statistics[c].Mean) * inverse[c] * gamma[c]) + beta[c]);
        }

        return y;
    }

    private static List<Var> Pool(Operand x, int kernel, int stride, int padding, Func<List<Var>, Var> combine)
    {
        (int height, int width) = (x.Shape[1], x.Shape[2]);
        int outHeight = ((height + (2 * padding) - kernel) / stride) + 1, outWidth = ((width + (2 * padding) - kernel) / stride) + 1;
        var y = new List<Var>();
        for (int n = 0; n < x.Shape[0]; n++)
        {
            for (int at = 0; at < outHeight * outWidth; at++)
            {
                for (int c = 0; c < x.Shape[3]; c++)
                {
                    var window = new List<Var>();
                    for (int tap = 0; tap < kernel * kernel; tap++)
                    {
                        int i = (at / outWidth * stride) + (tap / kernel) - padding, j = (at % outWidth * stride) + (tap % kernel) - padding;
                        if (i >= 0 && j >= 0 && i < height && j < width)
                        {
                            window.Add(x[n, i, j, c]);
                        }
                    }

                    y.Add(combine(window));
                }
            }
        }

        return y;
    }
}
