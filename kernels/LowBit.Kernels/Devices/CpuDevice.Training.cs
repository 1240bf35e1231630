using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Optimizers;

namespace LowBit.Kernels.Devices;

/// <content>Optimiser steps and fake-quantization.</content>
public sealed unsafe partial class CpuDevice
{
    /// <inheritdoc/>
    public override void SgdStep(int count, in SgdOptions options, DeviceBuffer gradient, DeviceBuffer? momentum, DeviceBuffer parameter)
    {
        float* g = Pointer(gradient);
        float* m = options.Momentum == 0 ? g : Pointer(momentum!);
        Launch.Elements(count, new SgdKernel(options, g, m, Pointer(parameter)));
        Keep(gradient, momentum, parameter);
    }

    /// <inheritdoc/>
    public override void AdamWStep(int count, in AdamWOptions options, DeviceBuffer gradient, DeviceBuffer m, DeviceBuffer v, DeviceBuffer parameter)
    {
        Launch.Elements(count, new AdamWKernel(in options, Pointer(gradient), Pointer(m), Pointer(v), Pointer(parameter)));
        Keep(gradient, m, v, parameter);
    }

    /// <inheritdoc/>
    public override void FakeQuantForward<TRounding>(in FakeQuantShape shape, DeviceBuffer x, DeviceBuffer steps, DeviceBuffer y)
    {
        var kernel = new FakeQuantKernel<TRounding>(shape, Pointer(x), Pointer(steps), Pointer(y));
        Launch.Chunks(kernel.ChunkCount, in kernel);
        Keep(x, steps, y);
    }

    /// <inheritdoc/>
    public override void FakeQuantBackward<TRounding, TEstimator>(
        in FakeQuantShape shape, DeviceBuffer x, DeviceBuffer steps, DeviceBuffer gy, float stepGradientScale, DeviceBuffer? gx, DeviceBuffer? gsteps)
    {
        var chunks = new FakeQuantChunks(in shape);
        using var scratch = new NativeScratch((long)chunks.PieceCount * sizeof(double));
        double* partials = gsteps is null ? null : (double*)scratch.Pointer;
        Launch.Chunks(chunks.ChunkCount, new FakeQuantBackwardKernel<TRounding, TEstimator>(
            shape, Pointer(x), Pointer(steps), Pointer(gy), PointerOrNull(gx), partials));
        if (gsteps is not null)
        {
            float* gradients = Pointer(gsteps);
            for (int channel = 0; channel < shape.Channels; channel++)
            {
                double sum = 0;
                for (int piece = 0; piece < chunks.Pieces; piece++)
                {
                    sum += partials[(channel * chunks.Pieces) + piece];
                }

                gradients[channel] += (float)(stepGradientScale * sum);
            }
        }

        Keep(x, steps, gy, gx, gsteps);
    }
}
