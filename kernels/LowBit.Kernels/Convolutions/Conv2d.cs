using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.MatrixProducts;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Convolutions;

/// <summary>Single-precision 2-d convolutions, NHWC activations and OHWI weights, forward and both gradients.</summary>
/// <remarks>
/// The bits of a result depend on the shape and the instruction set, never on the thread count. Each result differs from the exact
/// one by at most about <c>(n + 2)·2⁻²⁴·Σ|a·b|</c> over its n products.
/// </remarks>
public static unsafe class Conv2d
{
    /// <summary><c>y[n,p,q,o] = bias[o] + Σ x[n, p·S+u−P, q·S+v−P, i] · w[o,u,v,i]</c>; outside the image x is 0.</summary>
    /// <param name="s">The convolution.</param>
    /// <param name="x">Input, <c>[N, H, W, C]</c>.</param>
    /// <param name="w">Weights, <c>[O, KH, KW, C/G]</c>.</param>
    /// <param name="bias">Bias, <c>[O]</c>, or null.</param>
    /// <param name="y">Output, <c>[N, OH, OW, O]</c>; written.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="isa">The instruction set to use; the CPU must support it.</param>
    /// <exception cref="ArgumentException"><paramref name="s"/> is not a convolution.</exception>
    public static void Forward(in ConvShape s, float* x, float* w, float* bias, float* y, WorkerPool pool, Isa isa)
    {
        ArgumentNullException.ThrowIfNull(pool);
        s.Validate();
        ConvShape shape = ConvFrames.Flatten(s);
        if (isa == Isa.Avx512)
        {
            Bodies<FmaLanes512, Vector512<float>>.Forward(shape, x, w, bias, y, pool);
        }
        else if (isa == Isa.Avx2)
        {
            Bodies<FmaLanes256, Vector256<float>>.Forward(shape, x, w, bias, y, pool);
        }
        else if (isa == Isa.Vector128)
        {
            Bodies<FmaLanes128, Vector128<float>>.Forward(shape, x, w, bias, y, pool);
        }
        else
        {
            var job = new Job { Shape = shape, A = x, B = w, Bias = bias, C = y };
            pool.Run(shape.Batch * shape.OutHeight, ref job, static (ref Job j, int row) =>
                ConvReference.Forward(j.Shape, j.A, j.B, j.Bias, j.C, row, row + 1));
        }
    }

    /// <summary><c>gx[n,h,c,i] (+)= Σ gy[n,p,q,o] · w[o,u,v,i]</c> over all p·S+u−P = h, q·S+v−P = c.</summary>
    /// <param name="s">The convolution.</param>
    /// <param name="gy">Gradient of the output, <c>[N, OH, OW, O]</c>.</param>
    /// <param name="w">Weights, <c>[O, KH, KW, C/G]</c>.</param>
    /// <param name="gx">Gradient of the input, <c>[N, H, W, C]</c>.</param>
    /// <param name="accumulate">True to add to gx, false to write every element of it.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="isa">The instruction set to use; the CPU must support it.</param>
    /// <exception cref="ArgumentException"><paramref name="s"/> is not a convolution.</exception>
    public static void BackwardInput(in ConvShape s, float* gy, float* w, float* gx, bool accumulate, WorkerPool pool, Isa isa)
    {
        ArgumentNullException.ThrowIfNull(pool);
        s.Validate();
        ConvShape shape = ConvFrames.Flatten(s);
        if (!accumulate && (s.Stride > s.KernelHeight || s.Stride > s.KernelWidth))
        {
            // No window touches some input pixels.
            NativeMemory.Clear(gx, (nuint)(s.InputLength * sizeof(float)));
            accumulate = true;
        }

        if (isa == Isa.Avx512)
        {
            Bodies<FmaLanes512, Vector512<float>>.BackwardInput(shape, gy, w, gx, accumulate, pool);
        }
        else if (isa == Isa.Avx2)
        {
            Bodies<FmaLanes256, Vector256<float>>.BackwardInput(shape, gy, w, gx, accumulate, pool);
        }
        else if (isa == Isa.Vector128)
        {
            Bodies<FmaLanes128, Vector128<float>>.BackwardInput(shape, gy, w, gx, accumulate, pool);
        }
        else
        {
            var job = new Job { Shape = shape, A = gy, B = w, C = gx, Accumulate = accumulate };
            pool.Run(shape.Batch * shape.Height, ref job, static (ref Job j, int row) =>
                ConvReference.BackwardInput(j.Shape, j.A, j.B, j.C, j.Accumulate, row, row + 1));
        }
    }

    /// <summary><c>gw[o,u,v,i] += Σ x[n, p·S+u−P, q·S+v−P, i] · gy[n,p,q,o]</c>.</summary>
    /// <param name="s">The convolution.</param>
    /// <param name="x">Input, <c>[N, H, W, C]</c>.</param>
    /// <param name="gy">Gradient of the output, <c>[N, OH, OW, O]</c>.</param>
    /// <param name="gw">Gradient of the weights, <c>[O, KH, KW, C/G]</c>; added to.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="isa">The instruction set to use; the CPU must support it.</param>
    /// <exception cref="ArgumentException"><paramref name="s"/> is not a convolution.</exception>
    public static void BackwardWeights(in ConvShape s, float* x, float* gy, float* gw, WorkerPool pool, Isa isa)
    {
        ArgumentNullException.ThrowIfNull(pool);
        s.Validate();
        ConvShape shape = ConvFrames.Flatten(s);
        if (isa == Isa.Avx512)
        {
            Bodies<FmaLanes512, Vector512<float>>.BackwardWeights(shape, x, gy, gw, pool);
        }
        else if (isa == Isa.Avx2)
        {
            Bodies<FmaLanes256, Vector256<float>>.BackwardWeights(shape, x, gy, gw, pool);
        }
        else if (isa == Isa.Vector128)
        {
            Bodies<FmaLanes128, Vector128<float>>.BackwardWeights(shape, x, gy, gw, pool);
        }
        else
        {
            var job = new Job { Shape = shape, A = x, B = gy, C = gw };
            pool.Run(shape.OutChannels, ref job, static (ref Job j, int channel) =>
                ConvReference.BackwardWeights(j.Shape, j.A, j.B, j.C, channel, channel + 1));
        }
    }

    private static class Bodies<L, V>
        where L : struct, IFmaLanes<V>
        where V : struct
    {
        public static void Forward(in ConvShape s, float* x, float* w, float* bias, float* y, WorkerPool pool)
        {
            if (s.IsDepthwise)
            {
                DepthwiseConvolution<L, V>.Forward(s, x, w, bias, y, pool);
            }
            else
            {
                DenseConvolution<L, V>.Forward(s, x, w, bias, y, pool);
            }
        }

        public static void BackwardInput(in ConvShape s, float* gy, float* w, float* gx, bool accumulate, WorkerPool pool)
        {
            if (s.IsDepthwise)
            {
                DepthwiseConvolution<L, V>.BackwardInput(s, gy, w, gx, accumulate, pool);
            }
            else
            {
                DenseConvolution<L, V>.BackwardInput(s, gy, w, gx, accumulate, pool);
            }
        }

        public static void BackwardWeights(in ConvShape s, float* x, float* gy, float* gw, WorkerPool pool)
        {
            if (s.IsDepthwise)
            {
                DepthwiseConvolution<L, V>.BackwardWeights(s, x, gy, gw, pool);
                return;
            }

            for (int group = 0; group < s.Groups; group++)
            {
                if (DirectWeightGradient<L, V>.Serves(s))
                {
                    DirectWeightGradient<L, V>.Run(s, group, x, gy, gw, pool);
                }
                else
                {
                    WeightGradient<L, V>.Run(s, group, x, gy, gw, pool);
                }
            }
        }
    }

    private struct Job
    {
        public ConvShape Shape;
        public float* A;
        public float* B;
        public float* Bias;
        public float* C;
        public bool Accumulate;
    }
}
