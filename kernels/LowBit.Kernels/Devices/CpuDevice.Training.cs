using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Optimizers;

namespace LowBit.Kernels.Devices;

/// <content>Optimiser steps and fake-quantization.</content>
public sealed unsafe partial class CpuDevice
{
    /// <inheritdoc/>
    public override void SgdStep(int count, in SgdOptions options, DeviceBuffer gradient, DeviceBuffer? momentum, DeviceBuffer parameter)
    {
        float* g = Data(gradient, count);
        float* m = options.Momentum == 0 ? g : Data(momentum!, count);
        Launch.Elements(count, new SgdKernel(options, g, m, Data(parameter, count)));
        Keep(gradient, momentum, parameter);
    }

    /// <inheritdoc/>
    public override void AdamWStep(
        int count, in AdamWOptions options, DeviceBuffer gradient, DeviceBuffer m, DeviceBuffer v, DeviceBuffer? largest, DeviceBuffer parameter)
    {
        float* x = largest is null ? null : Data(largest, count);
        Launch.Elements(count, new AdamWKernel(in options, Data(gradient, count), Data(m, count), Data(v, count), x, Data(parameter, count)));
        Keep(gradient, m, v, largest, parameter);
    }

    /// <inheritdoc/>
    public override void RmsPropStep(
        int count, in RmsPropOptions options, DeviceBuffer gradient, DeviceBuffer square, DeviceBuffer? mean, DeviceBuffer? momentum, DeviceBuffer parameter)
    {
        float* c = options.Centered ? Data(mean!, count) : null;
        float* m = options.Momentum == 0 ? null : Data(momentum!, count);
        Launch.Elements(count, new RmsPropKernel(options, Data(gradient, count), Data(square, count), c, m, Data(parameter, count)));
        Keep(gradient, square, mean, momentum, parameter);
    }

    /// <inheritdoc/>
    public override void FakeQuantForward<TRounding>(in FakeQuantShape shape, DeviceBuffer x, DeviceBuffer steps, DeviceBuffer y)
    {
        RunPieces(new FakeQuantChunks(in shape), new FakeQuantKernel<TRounding>(shape, Data(x, shape.Count), Data(steps, shape.Channels), Data(y, shape.Count)));
        Keep(x, steps, y);
    }

    /// <inheritdoc/>
    public override void FakeQuantBackward<TRounding, TEstimator>(
        in FakeQuantShape shape, DeviceBuffer x, DeviceBuffer steps, DeviceBuffer gy, float stepGradientScale, DeviceBuffer? gx, bool accumulate, DeviceBuffer? gsteps)
    {
        var chunks = new FakeQuantChunks(in shape);
        using var scratch = new NativeScratch((long)chunks.PieceCount * sizeof(double));
        double* partials = gsteps is null ? null : (double*)scratch.Pointer;
        RunPieces(in chunks, new FakeQuantBackwardKernel<TRounding, TEstimator>(
            shape, Data(x, shape.Count), Data(steps, shape.Channels), Data(gy, shape.Count), DataOrNull(gx, shape.Count), accumulate, partials));
        if (gsteps is not null)
        {
            float* gradients = Data(gsteps, shape.Channels);
            for (int channel = 0; channel < shape.Channels; channel++)
            {
                gradients[channel] += (float)(stepGradientScale * Total(in chunks, channel, 1, partials));
            }
        }

        Keep(x, steps, gy, gx, gsteps);
    }
}
