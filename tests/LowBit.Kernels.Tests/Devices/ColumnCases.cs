using LowBit.Kernels.Reductions;
using LowBit.TestKit;

namespace LowBit.Kernels.Tests.Devices;

/// <summary>Batch normalisation.</summary>
internal static class ColumnCases
{
    private const float Epsilon = 1e-5f;
    private const float Momentum = 0.1f;

    public static IEnumerable<DeviceCase> All =>
    [
        new("batch_norm_forward", TestSizes.Columns, static (size, fills) => Forward(size[0], size[1], offset: 0, fills)),
        new("batch_norm_forward_far_from_zero", TestSizes.Columns, static (size, fills) => Forward(size[0], size[1], offset: 300, fills)),
        new("batch_norm_backward", TestSizes.Columns, static (size, fills) => Backward(size[0], size[1], wanted: true, fills)),
        new("batch_norm_backward_parameters_only", [[5, 16], [64, 33]], static (size, fills) => Backward(size[0], size[1], wanted: false, fills)),
        new("batch_norm_inference", TestSizes.Columns, static (size, fills) => Inference(size[0], size[1], fills)),
        new("batch_norm_inference_backward", TestSizes.Columns, static (size, fills) => InferenceBackward(size[0], size[1], fills)),
    ];

    public static IEnumerable<Approx> Column(float[] x, int columns, int c)
    {
        for (int i = c; i < x.Length; i += columns)
        {
            yield return x[i];
        }
    }

    // Additions in a row of one column: a block's rows, and the few of double precision that follow.
    private static int Depth(int rows, int channels) => Math.Min(rows, new FoldedColumns(rows, channels).RowsPerBlock) + 2;

    private static DeviceProblem Forward(int rows, int channels, double offset, Fills fills)
    {
        var p = new DeviceProblem();
        float[] x = p.Input(fills.Uniform(rows * channels, offset - 1, offset + 2));
        float[] gamma = p.Input(fills.Uniform(channels, -2, 2)), beta = p.Input(fills.Uniform(channels));
        float[] runningMean = fills.Uniform(channels), runningVariance = fills.Uniform(channels, 0.5, 2);
        var mean = new Approx[channels];
        var inverse = new Approx[channels];
        var newMean = new Approx[channels];
        var newVariance = new Approx[channels];
        Approx momentum = Momentum;
        for (int c = 0; c < channels; c++)
        {
            mean[c] = Mean(x, rows, channels, c);
            Approx squares = Squares(x, rows, channels, c, mean[c]);
            inverse[c] = (Approx)1 / (new Approx(squares.Value / rows, squares.Error / rows) + Epsilon).Sqrt();
            Approx unbiased = squares / Math.Max(rows - 1, 1);
            newMean[c] = runningMean[c] + (momentum * (mean[c] - runningMean[c]));
            newVariance[c] = runningVariance[c] + (momentum * (unbiased - runningVariance[c]));
        }

        p.Changed(runningMean, newMean);
        p.Changed(runningVariance, newVariance);
        p.Output(mean);
        p.Output(inverse);
        p.Output(x.Select((v, i) => ((v - mean[i % channels]) * (gamma[i % channels] * inverse[i % channels])) + beta[i % channels]).ToArray());
        p.Run = (d, b) => d.BatchNormForward(rows, channels, b[0], b[1], b[2], Epsilon, Momentum, b[3], b[4], b[5], b[6], b[7]);
        return p;
    }

    private static Approx Mean(float[] x, int rows, int channels, int c)
    {
        Approx sum = Approx.Sum(Column(x, channels, c), Depth(rows, channels));
        return sum / rows;
    }

    // Blocks take their deviations from a block mean that is wrong by delta; putting blocks together as if it were right loses
    // 2·|block mean − mean|·delta + delta² per sample. The block mean's distance is at most the data's.
    private static Approx Squares(float[] x, int rows, int channels, int c, Approx mean)
    {
        int depth = Depth(rows, channels);
        double sum = 0, magnitude = 0, farthest = 0;
        foreach (Approx v in Column(x, channels, c))
        {
            double d = v.Value - mean.Value;
            sum += d * d;
            magnitude += Math.Abs(v.Value);
            farthest = Math.Max(farthest, Math.Abs(d));
        }

        double delta = Bounds.Gamma(depth + 1) * magnitude / rows * Math.Max(1, (double)rows / Math.Max(1, rows - 1));
        double largest = 0;
        foreach (Approx v in Column(x, channels, c))
        {
            largest = Math.Max(largest, Math.Abs(v.Value));
        }

        delta = Math.Max(delta, Bounds.Gamma(depth + 1) * largest);
        double error = rows * ((2 * farthest * delta) + (delta * delta));
        return new Approx(sum, error + (Bounds.Gamma(depth + 4) * (sum + error)));
    }

    private static DeviceProblem Backward(int rows, int channels, bool wanted, Fills fills)
    {
        var p = new DeviceProblem();
        float[] x = p.Input(fills.Uniform(rows * channels)), gy = p.Input(fills.Uniform(rows * channels));
        float[] gamma = p.Input(fills.Uniform(channels)), mean = p.Input(fills.Uniform(channels, -0.5, 0.5));
        float[] inverse = p.Input(fills.Uniform(channels, 0.5, 1.5));
        float[] gx = fills.Uniform(rows * channels), ggamma = fills.Uniform(channels), gbeta = fills.Uniform(channels);
        (Approx[] sums, Approx[] products) = Sums(x, gy, rows, channels, mean);
        p.Changed(gx, gx.Select((before, i) =>
        {
            int c = i % channels;
            Approx d = (Approx)x[i] - mean[c];
            Approx slope = (Approx)inverse[c] * inverse[c] * products[c] / rows;
            return wanted ? before + ((Approx)gamma[c] * inverse[c] * ((gy[i] - (sums[c] / rows)) - (d * slope))) : (Approx)before;
        }).ToArray());
        p.Changed(ggamma, Enumerable.Range(0, channels).Select(c => ggamma[c] + (products[c] * inverse[c])).ToArray());
        p.Changed(gbeta, Enumerable.Range(0, channels).Select(c => gbeta[c] + sums[c]).ToArray());
        p.Run = (d, b) => d.BatchNormBackward(rows, channels, b[0], b[1], b[2], b[3], b[4], wanted ? b[5] : null, b[6], b[7]);
        return p;
    }

    private static (Approx[] Gradients, Approx[] Products) Sums(float[] x, float[] gy, int rows, int channels, float[] mean)
    {
        int depth = Depth(rows, channels);
        var sums = new Approx[channels];
        var products = new Approx[channels];
        for (int c = 0; c < channels; c++)
        {
            sums[c] = Approx.Sum(Column(gy, channels, c), depth);
            products[c] = Approx.Sum(Column(gy, channels, c).Zip(Column(x, channels, c), (g, v) => g * (v - mean[c])), depth);
        }

        return (sums, products);
    }

    private static DeviceProblem Inference(int rows, int channels, Fills fills)
    {
        var p = new DeviceProblem();
        float[] x = p.Input(fills.Uniform(rows * channels)), gamma = p.Input(fills.Uniform(channels)), beta = p.Input(fills.Uniform(channels));
        float[] mean = p.Input(fills.Uniform(channels)), variance = p.Input(fills.Uniform(channels, 0.5, 2));
        p.Output(x.Select((v, i) =>
        {
            int c = i % channels;
            return (((Approx)v - mean[c]) * (gamma[c] * Inverse(variance[c]))) + beta[c];
        }).ToArray());
        p.Run = (d, b) => d.BatchNormInference(rows, channels, b[0], b[1], b[2], Epsilon, b[3], b[4], b[5]);
        return p;
    }

    private static DeviceProblem InferenceBackward(int rows, int channels, Fills fills)
    {
        var p = new DeviceProblem();
        float[] x = p.Input(fills.Uniform(rows * channels)), gy = p.Input(fills.Uniform(rows * channels)), gamma = p.Input(fills.Uniform(channels));
        float[] mean = p.Input(fills.Uniform(channels, -0.5, 0.5)), variance = p.Input(fills.Uniform(channels, 0.5, 2));
        float[] gx = fills.Uniform(rows * channels), ggamma = fills.Uniform(channels), gbeta = fills.Uniform(channels);
        (Approx[] sums, Approx[] products) = Sums(x, gy, rows, channels, mean);
        p.Changed(gx, gx.Select((before, i) => before + (gy[i] * (gamma[i % channels] * Inverse(variance[i % channels])))).ToArray());
        p.Changed(ggamma, Enumerable.Range(0, channels).Select(c => ggamma[c] + (products[c] * Inverse(variance[c]))).ToArray());
        p.Changed(gbeta, Enumerable.Range(0, channels).Select(c => gbeta[c] + sums[c]).ToArray());
        p.Run = (d, b) => d.BatchNormInferenceBackward(rows, channels, b[0], b[1], b[2], Epsilon, b[3], b[4], b[5], b[6], b[7]);
        return p;
    }

    private static Approx Inverse(float variance) => (Approx)1 / ((Approx)variance + Epsilon).Sqrt();
}
