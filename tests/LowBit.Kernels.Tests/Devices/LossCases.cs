namespace LowBit.Kernels.Tests.Devices;

/// <summary>Log-softmax and cross-entropy, with and without label smoothing.</summary>
internal static class LossCases
{
    public static IEnumerable<DeviceCase> All =>
    [
        new("log_softmax", TestSizes.Rows, static (size, fills) => LogSoftmaxForward(size[0], size[1], fills), SameOnAllIsas: false),
        new("log_softmax_backward", TestSizes.Rows, static (size, fills) => LogSoftmaxBackward(size[0], size[1], fills), SameOnAllIsas: false),
        new("cross_entropy", TestSizes.Rows, static (size, fills) => CrossEntropy(size[0], size[1], 0, fills), SameOnAllIsas: false),
        new("cross_entropy_smoothed", TestSizes.Rows, static (size, fills) => CrossEntropy(size[0], size[1], 0.1f, fills), SameOnAllIsas: false),
        new("cross_entropy_backward", TestSizes.Rows, static (size, fills) => CrossEntropyBackward(size[0], size[1], 0, fills)),
        new("cross_entropy_smoothed_backward", TestSizes.Rows, static (size, fills) => CrossEntropyBackward(size[0], size[1], 0.1f, fills)),
    ];

    private static float Label(int c) => BitConverter.Int32BitsToSingle(c);

    private static Approx[] LogSoftmax(ReadOnlySpan<float> x)
    {
        float largest = x[0];
        foreach (float v in x)
        {
            largest = Math.Max(largest, v);
        }

        Approx[] shifted = Array.ConvertAll(x.ToArray(), v => (Approx)v - largest);
        Approx log = Approx.Sum(shifted.Select(static v => v.Exp()), x.Length).Log();
        return Array.ConvertAll(shifted, v => v - log);
    }

    private static Approx[] PerRow(float[] x, int columns, Func<float[], int, Approx[]> row)
        => [.. Enumerable.Range(0, x.Length / columns).SelectMany(r => row(x[(r * columns)..((r + 1) * columns)], r))];

    private static DeviceProblem LogSoftmaxForward(int rows, int columns, Fills fills)
    {
        var p = new DeviceProblem();
        float[] x = p.Input(fills.Uniform(rows * columns, -30, 30));
        p.Output(PerRow(x, columns, static (row, _) => LogSoftmax(row)));
        p.Run = (d, b) => d.LogSoftmaxForward(rows, columns, b[0], b[1]);
        return p;
    }

    private static DeviceProblem LogSoftmaxBackward(int rows, int columns, Fills fills)
    {
        var p = new DeviceProblem();
        float[] y = p.Input(fills.Uniform(rows * columns, -8, 0)), gy = p.Input(fills.Uniform(rows * columns)), gx = fills.Uniform(rows * columns);
        p.Changed(gx, PerRow(y, columns, (row, r) =>
        {
            Approx sum = Approx.Sum(Enumerable.Range(0, columns).Select(c => (Approx)gy[(r * columns) + c]), columns);
            return [.. row.Select((v, c) => gx[(r * columns) + c] + (gy[(r * columns) + c] - (((Approx)v).Exp() * sum)))];
        }));
        p.Run = (d, b) => d.LogSoftmaxBackward(rows, columns, b[0], b[1], b[2]);
        return p;
    }

    private static DeviceProblem CrossEntropy(int rows, int classes, float smoothing, Fills fills)
    {
        var p = new DeviceProblem();
        float[] x = p.Input(fills.Uniform(rows * classes, -10, 10));
        float[] labels = p.Input(Enumerable.Range(0, rows).Select(_ => Label(fills.Below(classes))).ToArray());
        p.Output(PerRow(x, classes, static (row, _) => Array.ConvertAll(LogSoftmax(row), static v => v.Exp())));
        p.Output(PerRow(x, classes, (row, r) =>
        {
            Approx[] log = LogSoftmax(row);
            Approx loss = ((Approx)smoothing - 1) * log[BitConverter.SingleToInt32Bits(labels[r])];
            return [smoothing == 0 ? loss : loss - ((Approx)smoothing / classes * Approx.Sum(log, classes))];
        }));
        p.Run = (d, b) => d.CrossEntropyForward(rows, classes, b[0], b[1], smoothing, b[2], b[3]);
        return p;
    }

    private static DeviceProblem CrossEntropyBackward(int rows, int classes, float smoothing, Fills fills)
    {
        const float scale = 0.25f;
        var p = new DeviceProblem();
        float[] probabilities = p.Input(fills.Uniform(rows * classes, 0, 1)), gx = fills.Uniform(rows * classes);
        float[] labels = p.Input(Enumerable.Range(0, rows).Select(_ => Label(fills.Below(classes))).ToArray());
        p.Changed(gx, gx.Select((before, i) =>
        {
            Approx share = (Approx)smoothing / classes;
            Approx target = i % classes == BitConverter.SingleToInt32Bits(labels[i / classes]) ? (Approx)1 - smoothing + share : share;
            return before + (scale * (probabilities[i] - target));
        }).ToArray());
        p.Run = (d, b) => d.CrossEntropyBackward(rows, classes, b[0], b[1], smoothing, scale, b[2]);
        return p;
    }
}
