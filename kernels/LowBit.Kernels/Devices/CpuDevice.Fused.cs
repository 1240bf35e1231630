using LowBit.Kernels.Convolutions;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Normalizations;
using LowBit.Kernels.Reductions;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Devices;

/// <content>
/// Convolution, batch normalisation and the function behind it. Images go through in groups that stay in the second-level cache, so that
/// the statistics find the convolution's output there, and its two gradients find theirs.
/// </content>
public sealed unsafe partial class CpuDevice
{
    // Output floats of a group of images: half a second-level cache.
    private const long GroupFloats = 128 * 1024;

    /// <inheritdoc/>
    public override void ConvNormForward<TActivation>(in ConvShape shape, in ConvNormBuffers buffers, in FusedActivationArguments activation, DeviceBuffer y)
    {
        shape.Validate();
        int channels = shape.OutChannels, rows = shape.Batch * shape.OutHeight * shape.OutWidth;
        var folded = new FoldedColumns(rows, channels);
        using var scratch = new NativeScratch((folded.BlockCount * 2L * folded.Width * sizeof(float)) + (2L * channels * sizeof(double)));
        double* means = (double*)scratch.Pointer;
        float* partials = (float*)(means + (2L * channels));
        float* x = Data(buffers.X, shape.InputLength), w = Data(buffers.W, shape.WeightLength), raw = Data(buffers.Raw, shape.OutputLength);
        long imageIn = shape.InputLength / shape.Batch, imageOut = shape.OutputLength / shape.Batch;
        int group = ImagesPerGroup(in shape), block = 0;
        for (int image = 0; image < shape.Batch; image += group)
        {
            ConvShape part = shape with { Batch = Math.Min(group, shape.Batch - image) };
            Conv2d.Forward(in part, x + (image * imageIn), w, null, raw + (image * imageOut), Pool, _isa);
            int end = block;
            while (end < folded.BlockCount && folded.End(end) <= (nuint)((image + part.Batch) * imageOut))
            {
                end++;
            }

            Launch.Chunks(end - block, new OffsetChunks<BatchMomentsKernel>(new BatchMomentsKernel(raw, folded, partials), block));
            block = end;
        }

        BatchMoments.Combine(in folded, partials, means, means + channels);
        float* inverse = Data(buffers.InverseDeviation, channels);
        FinishMoments(
            rows, channels, means, means + channels, buffers.Epsilon, buffers.Momentum, buffers.RunningMean, buffers.RunningVariance, buffers.Mean, inverse);

        using var replicas = new NativeScratch(3L * folded.Width * sizeof(float));
        NormColumns columns = Columns(in folded, in buffers, in activation, (float*)replicas.Pointer);
        float* target = Data(y, folded.Count);
        if (activation.Addend is null)
        {
            RunColumns(in folded, new NormalizeActivateKernel<TActivation, Absent>(columns, target));
        }
        else
        {
            RunColumns(in folded, new NormalizeActivateKernel<TActivation, Present>(columns, target));
        }

        Keep(buffers.X, buffers.W, buffers.Raw, buffers.InverseDeviation, y);
        Keep(buffers.Gamma, buffers.Beta, buffers.Mean, activation.Addend, activation.Step);
    }

    /// <inheritdoc/>
    public override void ConvNormBackward<TActivation>(
        in ConvShape shape, in ConvNormBuffers buffers, in FusedActivationArguments activation, DeviceBuffer gy, in ConvNormGradients gradients)
    {
        shape.Validate();
        var folded = new FoldedColumns(shape.Batch * shape.OutHeight * shape.OutWidth, shape.OutChannels);
        using var scratch = new NativeScratch((5L * folded.Width * sizeof(float)) + ((3L * shape.OutChannels) * sizeof(double)));
        double* sums = (double*)scratch.Pointer;
        float* replicas = (float*)(sums + (3L * shape.OutChannels));
        NormColumns columns = Columns(in folded, in buffers, in activation, replicas);
        float* gradient = Data(gy, folded.Count);
        if (activation.Addend is null)
        {
            Sums<TActivation, Absent>(in folded, columns, gradient, in gradients, sums);
        }
        else
        {
            Sums<TActivation, Present>(in folded, columns, gradient, in gradients, sums);
        }

        ParameterGradients(in folded, in buffers, in gradients, sums, replicas);
        if (activation.Addend is null)
        {
            ConvGradients<TActivation, Absent>(in shape, in buffers, columns, gradient, in gradients);
        }
        else if (gradients.Addend is null || gradients.AddendHoldsOther)
        {
            ConvGradients<TActivation, Present>(in shape, in buffers, columns, gradient, in gradients);
        }
        else
        {
            // The gradient in front of the function was just written there.
            ConvGradients<FusedIdentity, Absent>(in shape, in buffers, columns, Data(gradients.Addend, folded.Count), in gradients);
        }

        Keep(buffers.X, buffers.W, buffers.Raw, buffers.Mean, buffers.InverseDeviation, gy);
        Keep(buffers.Gamma, buffers.Beta, activation.Addend, activation.Step, gradients.X, gradients.W);
        Keep(gradients.Gamma, gradients.Beta, gradients.Addend, gradients.Step);
    }

    private static int ImagesPerGroup(in ConvShape shape)
    {
        // Weights are packed anew for each group: where they are many, groups are larger.
        long floats = Math.Max(GroupFloats, 4 * shape.WeightLength);
        return (int)Math.Clamp(floats / (shape.OutputLength / shape.Batch), 1, shape.Batch);
    }

    private static NormColumns Columns(in FoldedColumns folded, in ConvNormBuffers buffers, in FusedActivationArguments activation, float* replicas)
    {
        float* inverse = Data(buffers.InverseDeviation, folded.Channels);
        return Columns(in folded, buffers.Raw, buffers.Mean, inverse, buffers.Gamma, buffers.Beta, replicas) with
        {
            Addend = DataOrNull(activation.Addend, folded.Count),
            Step = activation.Step is null ? 0 : *Data(activation.Step, 1),
            Low = activation.Low,
            High = activation.High,
        };
    }

    // Σ g, Σ g·(x − mean), Σ gy·df/ds per channel.
    private void Sums<TActivation, TAddend>(in FoldedColumns folded, NormColumns columns, float* gy, in ConvNormGradients gradients, double* sums)
        where TActivation : struct, IFusedActivation
        where TAddend : struct, IPresence
    {
        using var scratch = new NativeScratch(folded.BlockCount * 3L * folded.Width * sizeof(float));
        float* partials = (float*)scratch.Pointer;
        Launch.Chunks(folded.BlockCount, new ActivationSumsKernel<TActivation, TAddend>(columns, folded, gy, partials)
        {
            AddendGradient = DataOrNull(gradients.Addend, folded.Count),
            AddendHoldsOther = gradients.AddendHoldsOther,
        });
        for (int sum = 0; sum < 3; sum++)
        {
            ColumnTotals.Combine(in folded, partials + ((long)sum * folded.Width), 3, sums + ((long)sum * folded.Channels));
        }
    }

    // Gradients of γ, β and the step; minus the mean gradient and minus the slope go behind the replicated columns.
    private static void ParameterGradients(
        in FoldedColumns folded, in ConvNormBuffers buffers, in ConvNormGradients gradients, double* sums, float* replicas)
    {
        int channels = folded.Channels;
        double rows = folded.Count / channels;
        double* products = sums + channels;
        double* steps = products + channels;
        float* inverse = Data(buffers.InverseDeviation, channels);
        float* minusMean = replicas + (3L * folded.Width);
        float* minusSlope = minusMean + folded.Width;
        float* gamma = DataOrNull(gradients.Gamma, channels), beta = DataOrNull(gradients.Beta, channels);
        double step = 0;
        for (int c = 0; c < channels; c++)
        {
            if (gamma != null)
            {
                gamma[c] += (float)(products[c] * inverse[c]);
            }

            if (beta != null)
            {
                beta[c] += (float)sums[c];
            }

            step += steps[c];
            minusMean[c] = -(float)(sums[c] / rows);
            minusSlope[c] = -(float)(products[c] / rows * inverse[c] * inverse[c]);
        }

        folded.Replicate(new ReadOnlySpan<float>(minusMean, channels), minusMean);
        folded.Replicate(new ReadOnlySpan<float>(minusSlope, channels), minusSlope);
        if (gradients.Step is not null)
        {
            *Data(gradients.Step, 1) += (float)(gradients.StepScale * step);
        }
    }

    // Group by group: the gradient behind the convolution into scratch memory, then from there to weights and input.
    private void ConvGradients<TActivation, TAddend>(
        in ConvShape shape, in ConvNormBuffers buffers, NormColumns columns, float* gy, in ConvNormGradients gradients)
        where TActivation : struct, IFusedActivation
        where TAddend : struct, IPresence
    {
        if (gradients.X is null && gradients.W is null)
        {
            return;
        }

        float* x = Data(buffers.X, shape.InputLength), w = Data(buffers.W, shape.WeightLength);
        float* gx = DataOrNull(gradients.X, shape.InputLength), gw = DataOrNull(gradients.W, shape.WeightLength);
        long imageIn = shape.InputLength / shape.Batch, imageOut = shape.OutputLength / shape.Batch;
        int group = ImagesPerGroup(in shape), width = (int)(columns.Scale - columns.Mean);
        float* minusMean = columns.Shift + width;
        using var scratch = new NativeScratch(group * imageOut * sizeof(float));
        float* graw = (float*)scratch.Pointer;
        for (int image = 0; image < shape.Batch; image += group)
        {
            ConvShape part = shape with { Batch = Math.Min(group, shape.Batch - image) };
            long first = image * imageOut;
            var folded = new FoldedColumns(part.Batch * shape.OutHeight * shape.OutWidth, shape.OutChannels);
            RunColumns(in folded, new ActivationGradientKernel<TActivation, TAddend>(columns.From(first), gy + first, minusMean, minusMean + width, graw));
            if (gw != null)
            {
                Conv2d.BackwardWeights(in part, x + (image * imageIn), graw, gw, Pool, _isa);
            }

            if (gx != null)
            {
                Conv2d.BackwardInput(in part, graw, w, gx + (image * imageIn), gradients.XHoldsOther, Pool, _isa);
            }
        }
    }

    /// <summary>The chunks of a kernel from some number on.</summary>
    private readonly struct OffsetChunks<TKernel>(TKernel kernel, int first) : IChunkKernel
        where TKernel : struct, IChunkKernel
    {
        private readonly TKernel _kernel = kernel;
        private readonly int _first = first;

        public void Run<L, V>(int chunk)
            where L : struct, ILanes<V>
            where V : struct
            => _kernel.Run<L, V>(_first + chunk);
    }
}
