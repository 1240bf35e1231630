using LowBit.Kernels.Devices;
using LowBit.Nn.Lowering;
using LowBit.Nn.Lowering.Graph;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Nn.Simulation;

/// <summary>
/// The sums of a step by another way than the engine's: the float kernels of training on integers without zero points, which is exact
/// while every partial sum stays below 2^24, or 64-bit loops where that is not proved.
/// </summary>
internal static class SumSimulation
{
    private const long ExactInFloat = 1L << 24;

    public static long[] Sums(SumStep step, CodeBatch input, Device device)
    {
        var sums = new long[input.Batch * step.Height * step.Width * step.Channels];
        if (step.Convolution is { } shape)
        {
            if (FitsFloat(step))
            {
                ByFloatKernels(step, shape, input, device, sums);
            }
            else
            {
                ByLoops(step, shape, input, sums);
            }
        }
        else if (step.Pool is { } pool)
        {
            ByWindows(pool, input, sums);
        }
        else
        {
            int zero = input.Tensor.Grid.Zero;
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] = input.Codes[i] - zero;
            }
        }

        return sums;
    }

    /// <summary>True when no order of summation can leave the integers that a float holds exactly.</summary>
    public static bool FitsFloat(SumStep step)
    {
        for (int c = 0; c < step.Channels; c++)
        {
            if (step.Magnitude(c) * step.InputMagnitude >= ExactInFloat)
            {
                return false;
            }
        }

        return true;
    }

    private static void ByFloatKernels(SumStep step, in ConvShape shape, CodeBatch input, Device device, long[] sums)
    {
        LoweredWeights weights = step.Weights!;
        var codes = new float[weights.Codes.Count];
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = weights.Codes[i];
        }

        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            Tensor x = Tensor.FromArray(device, input.Centred(), input.Batch, shape.Height, shape.Width, shape.InChannels);
            Tensor w = Tensor.FromArray(device, codes, shape.OutChannels, shape.KernelHeight, shape.KernelWidth, shape.GroupInChannels);
            float[] y = x.Conv2d(w, null, shape.Stride, shape.Padding, shape.Groups).ToArray();
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] = (long)y[i];
            }
        }
    }

    internal static void ByLoops(SumStep step, in ConvShape shape, CodeBatch input, long[] sums)
    {
        int zero = input.Tensor.Grid.Zero, at = 0;
        for (int n = 0; n < input.Batch; n++)
        {
            for (int oy = 0; oy < shape.OutHeight; oy++)
            {
                for (int ox = 0; ox < shape.OutWidth; ox++)
                {
                    for (int o = 0; o < shape.OutChannels; o++)
                    {
                        sums[at++] = Window(step, shape, input, new Position(n, oy, ox, o), zero);
                    }
                }
            }
        }
    }

    private static long Window(SumStep step, in ConvShape shape, CodeBatch input, Position at, int zero)
    {
        ReadOnlySpan<sbyte> weights = step.Weights!.Row(at.Channel);
        int group = at.Channel / shape.GroupOutChannels;
        long sum = 0;
        for (int ky = 0; ky < shape.KernelHeight; ky++)
        {
            int y = (at.Y * shape.Stride) + ky - shape.Padding;
            for (int kx = 0; kx < shape.KernelWidth; kx++)
            {
                int x = (at.X * shape.Stride) + kx - shape.Padding;
                if (y < 0 || y >= shape.Height || x < 0 || x >= shape.Width)
                {
                    continue;
                }

                int pixel = ((((at.Image * shape.Height) + y) * shape.Width) + x) * shape.InChannels;
                int first = pixel + (group * shape.GroupInChannels);
                int row = ((ky * shape.KernelWidth) + kx) * shape.GroupInChannels;
                for (int c = 0; c < shape.GroupInChannels; c++)
                {
                    sum += (long)weights[row + c] * (input.Codes[first + c] - zero);
                }
            }
        }

        return sum;
    }

    private static void ByWindows(in PoolShape shape, CodeBatch input, long[] sums)
    {
        int zero = input.Tensor.Grid.Zero, at = 0;
        for (int n = 0; n < input.Batch; n++)
        {
            for (int oy = 0; oy < shape.OutHeight; oy++)
            {
                for (int ox = 0; ox < shape.OutWidth; ox++)
                {
                    int top = (oy * shape.Stride) - shape.Padding, left = (ox * shape.Stride) - shape.Padding;
                    for (int c = 0; c < shape.Channels; c++, at++)
                    {
                        for (int y = Math.Max(top, 0); y < Math.Min(top + shape.KernelHeight, shape.Height); y++)
                        {
                            for (int x = Math.Max(left, 0); x < Math.Min(left + shape.KernelWidth, shape.Width); x++)
                            {
                                sums[at] += input.Codes[(((((n * shape.Height) + y) * shape.Width) + x) * shape.Channels) + c] - zero;
                            }
                        }
                    }
                }
            }
        }
    }

    private readonly record struct Position(int Image, int Y, int X, int Channel);
}
