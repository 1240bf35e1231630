using LowBit.Kernels.Normalizations;
using LowBit.Kernels.Reductions;

namespace LowBit.Kernels.Devices;

/// <content>Batch normalisation.</content>
public sealed unsafe partial class CpuDevice
{
    /// <inheritdoc/>
    public override void BatchNormForward(
        int rows, int channels, DeviceBuffer x, DeviceBuffer gamma, DeviceBuffer beta, float epsilon, float momentum,
        DeviceBuffer runningMean, DeviceBuffer runningVariance, DeviceBuffer mean, DeviceBuffer inverseDeviation, DeviceBuffer y)
    {
        if (rows == 0 || channels == 0)
        {
            return;
        }

        var folded = new FoldedColumns(rows, channels);
        using var scratch = new NativeScratch((folded.BlockCount * 2L * folded.Width * sizeof(float)) + (2L * channels * sizeof(double)));
        double* means = (double*)scratch.Pointer;
        double* squares = means + channels;
        float* partials = (float*)(squares + channels);
        Launch.Chunks(folded.BlockCount, new BatchMomentsKernel(Data(x, folded.Count), folded, partials));
        BatchMoments.Combine(in folded, partials, means, squares);

        float* inverse = Data(inverseDeviation, channels);
        FinishMoments(rows, channels, means, squares, epsilon, momentum, runningMean, runningVariance, mean, inverse);
        Normalize(in folded, x, mean, inverse, gamma, beta, y);
        Keep(runningMean, runningVariance, mean, inverseDeviation);
    }

    /// <inheritdoc/>
    public override void BatchNormInference(
        int rows, int channels, DeviceBuffer x, DeviceBuffer gamma, DeviceBuffer beta, float epsilon,
        DeviceBuffer runningMean, DeviceBuffer runningVariance, DeviceBuffer y)
    {
        if (rows == 0 || channels == 0)
        {
            return;
        }

        var folded = new FoldedColumns(rows, channels);
        using var scratch = new NativeScratch(channels * sizeof(float));
        float* inverse = (float*)scratch.Pointer;
        InverseDeviations(channels, epsilon, Data(runningVariance, channels), inverse);
        Normalize(in folded, x, runningMean, inverse, gamma, beta, y);
        Keep(runningVariance);
    }

    /// <inheritdoc/>
    public override void BatchNormBackward(
        int rows, int channels, DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gamma, DeviceBuffer mean, DeviceBuffer inverseDeviation,
        DeviceBuffer? gx, DeviceBuffer? ggamma, DeviceBuffer? gbeta)
    {
        if (rows == 0 || channels == 0)
        {
            return;
        }

        var folded = new FoldedColumns(rows, channels);
        using var scratch = new NativeScratch(GradientScratch(in folded));
        var space = new GradientSpace(in folded, scratch.Pointer);
        float* inverse = Data(inverseDeviation, channels), weights = Data(gamma, channels);
        ParameterGradients(in folded, in space, x, gy, mean, inverse, ggamma, gbeta);
        if (gx is not null)
        {
            for (int c = 0; c < channels; c++)
            {
                space.Scale[c] = weights[c] * inverse[c];
                space.MeanGradient[c] = (float)(space.First[c] / rows);
                space.Slope[c] = (float)(space.Second[c] / rows * inverse[c] * inverse[c]);
            }

            space.ReplicateRest(in folded);
            RunColumns(in folded, new NormalizeBackwardKernel(
                Data(x, folded.Count), Data(gy, folded.Count), space.Mean, space.Scale, space.MeanGradient, space.Slope, Data(gx, folded.Count)));
        }

        Keep(x, gy, gamma, mean, inverseDeviation, gx);
    }

    /// <inheritdoc/>
    public override void BatchNormInferenceBackward(
        int rows, int channels, DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gamma, float epsilon,
        DeviceBuffer runningMean, DeviceBuffer runningVariance, DeviceBuffer? gx, DeviceBuffer? ggamma, DeviceBuffer? gbeta)
    {
        if (rows == 0 || channels == 0)
        {
            return;
        }

        var folded = new FoldedColumns(rows, channels);
        using var scratch = new NativeScratch(GradientScratch(in folded));
        var space = new GradientSpace(in folded, scratch.Pointer);
        float* inverse = space.Slope, weights = Data(gamma, channels);
        InverseDeviations(channels, epsilon, Data(runningVariance, channels), inverse);
        if (ggamma is not null || gbeta is not null)
        {
            ParameterGradients(in folded, in space, x, gy, runningMean, inverse, ggamma, gbeta);
        }

        if (gx is not null)
        {
            for (int c = 0; c < channels; c++)
            {
                space.Scale[c] = weights[c] * inverse[c];
            }

            folded.Replicate(new ReadOnlySpan<float>(space.Scale, channels), space.Scale);
            RunColumns(in folded, new ScaleGradientKernel(Data(gy, folded.Count), space.Scale, Data(gx, folded.Count)));
        }

        Keep(x, gy, gamma, runningMean, runningVariance, gx);
    }

    // Batch statistics as the normalisation uses them, and the running ones.
    private static void FinishMoments(
        int rows, int channels, double* means, double* squares, float epsilon, float momentum,
        DeviceBuffer runningMean, DeviceBuffer runningVariance, DeviceBuffer mean, float* inverse)
    {
        float* meanOut = Data(mean, channels), movingMean = Data(runningMean, channels), movingVariance = Data(runningVariance, channels);
        for (int c = 0; c < channels; c++)
        {
            meanOut[c] = (float)means[c];
            inverse[c] = (float)(1 / Math.Sqrt((squares[c] / rows) + epsilon));
            float unbiased = (float)(squares[c] / Math.Max(rows - 1, 1));
            movingMean[c] += momentum * (meanOut[c] - movingMean[c]);
            movingVariance[c] += momentum * (unbiased - movingVariance[c]);
        }

        Keep(runningMean, runningVariance, mean);
    }

    // Σ gy and Σ gy·(x − mean) into the space, and from them the gradients of beta and gamma.
    private void ParameterGradients(
        in FoldedColumns folded, in GradientSpace space, DeviceBuffer x, DeviceBuffer gy, DeviceBuffer mean, float* inverse,
        DeviceBuffer? ggamma, DeviceBuffer? gbeta)
    {
        folded.Replicate(Vector(mean, folded.Channels), space.Mean);
        var sums = new GradientSums(Data(x, folded.Count), Data(gy, folded.Count), space.Mean);
        Launch.Chunks(folded.BlockCount, new ColumnSumsKernel<GradientSums>(sums, folded, space.Partials));
        ColumnTotals.Combine(in folded, space.Partials, space.First, space.Second);
        float* gammaGradient = DataOrNull(ggamma, folded.Channels), betaGradient = DataOrNull(gbeta, folded.Channels);
        for (int c = 0; c < folded.Channels; c++)
        {
            if (gammaGradient != null)
            {
                gammaGradient[c] += (float)(space.Second[c] * inverse[c]);
            }

            if (betaGradient != null)
            {
                betaGradient[c] += (float)space.First[c];
            }
        }

        Keep(x, gy, mean, ggamma, gbeta);
    }

    private void Normalize(in FoldedColumns folded, DeviceBuffer x, DeviceBuffer mean, float* inverse, DeviceBuffer gamma, DeviceBuffer beta, DeviceBuffer y)
    {
        using var scratch = new NativeScratch(3L * folded.Width * sizeof(float));
        NormColumns columns = Columns(in folded, x, mean, inverse, gamma, beta, (float*)scratch.Pointer);
        RunColumns(in folded, new NormalizeActivateKernel<FusedIdentity, Absent>(columns, Data(y, folded.Count)));
        Keep(x, mean, gamma, beta, y);
    }

    // What a normalisation multiplies and adds, replicated to folded columns in 3·Width floats.
    private static NormColumns Columns(
        in FoldedColumns folded, DeviceBuffer x, DeviceBuffer mean, float* inverse, DeviceBuffer gamma, DeviceBuffer beta, float* replicas)
    {
        int channels = folded.Channels, width = folded.Width;
        var columns = new NormColumns { X = Data(x, folded.Count), Mean = replicas, Scale = replicas + width, Shift = replicas + (2L * width) };
        float* weights = Data(gamma, channels);
        for (int c = 0; c < channels; c++)
        {
            columns.Scale[c] = weights[c] * inverse[c];
        }

        folded.Replicate(Vector(mean, channels), columns.Mean);
        folded.Replicate(new ReadOnlySpan<float>(columns.Scale, channels), columns.Scale);
        folded.Replicate(Vector(beta, channels), columns.Shift);
        return columns;
    }

    private static void InverseDeviations(int channels, float epsilon, float* variance, float* inverse)
    {
        for (int c = 0; c < channels; c++)
        {
            inverse[c] = (float)(1 / Math.Sqrt((double)variance[c] + epsilon));
        }
    }

    private static long GradientScratch(in FoldedColumns folded)
        => (2L * folded.Channels * sizeof(double)) + (((2L * folded.BlockCount) + 4) * folded.Width * sizeof(float));

    /// <summary>The parts of the scratch block of a backward pass.</summary>
    private readonly struct GradientSpace
    {
        public GradientSpace(in FoldedColumns folded, byte* scratch)
        {
            First = (double*)scratch;
            Second = First + folded.Channels;
            Mean = (float*)(Second + folded.Channels);
            Scale = Mean + folded.Width;
            MeanGradient = Scale + folded.Width;
            Slope = MeanGradient + folded.Width;
            Partials = Slope + folded.Width;
        }

        public double* First { get; }

        public double* Second { get; }

        public float* Mean { get; }

        public float* Scale { get; }

        public float* MeanGradient { get; }

        public float* Slope { get; }

        public float* Partials { get; }

        public void ReplicateRest(in FoldedColumns folded)
        {
            folded.Replicate(new ReadOnlySpan<float>(Scale, folded.Channels), Scale);
            folded.Replicate(new ReadOnlySpan<float>(MeanGradient, folded.Channels), MeanGradient);
            folded.Replicate(new ReadOnlySpan<float>(Slope, folded.Channels), Slope);
        }
    }
}
