using LowBit.Kernels.Devices;

namespace LowBit.Kernels.Convolutions;

/// <summary>
/// The 2-d convolution and its gradients by their definitions, one double-precision sum per result, rounded to float once.
/// Never optimised: the oracle of every other body and the body of CPUs without vectors.
/// </summary>
public static unsafe class ConvReference
{
    /// <summary><c>y[n,p,q,o] = bias[o] + Σ x[n, p·S+u−P, q·S+v−P, i] · w[o,u,v,i]</c> for the output rows <paramref name="first"/> to <paramref name="end"/>.</summary>
    /// <param name="s">The convolution.</param>
    /// <param name="x">Input, <c>[N, H, W, C]</c>.</param>
    /// <param name="w">Weights, <c>[O, KH, KW, C/G]</c>.</param>
    /// <param name="bias">Bias, <c>[O]</c>, or null.</param>
    /// <param name="y">Output, <c>[N, OH, OW, O]</c>.</param>
    /// <param name="first">First row, counted over all images.</param>
    /// <param name="end">Row after the last one, at most <c>N·OH</c>.</param>
    public static void Forward(in ConvShape s, float* x, float* w, float* bias, float* y, int first, int end)
    {
        int oh = s.OutHeight, ow = s.OutWidth, gi = s.GroupInChannels, go = s.GroupOutChannels;
        for (int row = first; row < end; row++)
        {
            int n = row / oh, p = row % oh;
            for (int q = 0; q < ow; q++)
            {
                for (int o = 0; o < s.OutChannels; o++)
                {
                    double sum = bias == null ? 0 : bias[o];
                    for (int u = 0; u < s.KernelHeight; u++)
                    {
                        int h = (p * s.Stride) + u - s.Padding;
                        for (int v = 0; v < s.KernelWidth; v++)
                        {
                            int c = (q * s.Stride) + v - s.Padding;
                            if (h < 0 || h >= s.Height || c < 0 || c >= s.Width)
                            {
                                continue;
                            }

                            float* xs = x + Input(s, n, h, c) + (o / go * gi);
                            float* ws = w + Weight(s, o, u, v);
                            for (int i = 0; i < gi; i++)
                            {
                                sum += (double)xs[i] * ws[i];
                            }
                        }
                    }

                    y[(((nint)row * ow) + q) * s.OutChannels + o] = (float)sum;
                }
            }
        }
    }

    /// <summary><c>gx[n,h,c,i] += Σ gy[n,p,q,o] · w[o,u,v,i]</c> over all p·S+u−P = h, q·S+v−P = c, for a range of input rows.</summary>
    /// <param name="s">The convolution.</param>
    /// <param name="gy">Gradient of the output, <c>[N, OH, OW, O]</c>.</param>
    /// <param name="w">Weights, <c>[O, KH, KW, C/G]</c>.</param>
    /// <param name="gx">Gradient of the input, <c>[N, H, W, C]</c>.</param>
    /// <param name="accumulate">True to add to gx, false to write it.</param>
    /// <param name="first">First input row, counted over all images.</param>
    /// <param name="end">Row after the last one, at most <c>N·H</c>.</param>
    public static void BackwardInput(in ConvShape s, float* gy, float* w, float* gx, bool accumulate, int first, int end)
    {
        int oh = s.OutHeight, ow = s.OutWidth, gi = s.GroupInChannels, go = s.GroupOutChannels;
        for (int row = first; row < end; row++)
        {
            int n = row / s.Height, h = row % s.Height;
            for (int c = 0; c < s.Width; c++)
            {
                for (int i = 0; i < s.InChannels; i++)
                {
                    int group = i / gi;
                    float* target = gx + Input(s, n, h, c) + i;
                    double sum = accumulate ? *target : 0;
                    for (int u = 0; u < s.KernelHeight; u++)
                    {
                        int p = h + s.Padding - u;
                        for (int v = 0; v < s.KernelWidth; v++)
                        {
                            int q = c + s.Padding - v;
                            if (p < 0 || p % s.Stride != 0 || p / s.Stride >= oh || q < 0 || q % s.Stride != 0 || q / s.Stride >= ow)
                            {
                                continue;
                            }

                            float* gs = gy + ((((nint)n * oh) + (p / s.Stride)) * ow + (q / s.Stride)) * s.OutChannels;
                            for (int o = group * go; o < (group + 1) * go; o++)
                            {
                                sum += (double)gs[o] * w[Weight(s, o, u, v) + (i % gi)];
                            }
                        }
                    }

                    *target = (float)sum;
                }
            }
        }
    }

    /// <summary><c>gw[o,u,v,i] += Σ x[n, p·S+u−P, q·S+v−P, i] · gy[n,p,q,o]</c> for a range of output channels.</summary>
    /// <param name="s">The convolution.</param>
    /// <param name="x">Input, <c>[N, H, W, C]</c>.</param>
    /// <param name="gy">Gradient of the output, <c>[N, OH, OW, O]</c>.</param>
    /// <param name="gw">Gradient of the weights, <c>[O, KH, KW, C/G]</c>; added to.</param>
    /// <param name="first">First output channel.</param>
    /// <param name="end">Channel after the last one.</param>
    public static void BackwardWeights(in ConvShape s, float* x, float* gy, float* gw, int first, int end)
    {
        int gi = s.GroupInChannels, go = s.GroupOutChannels;
        for (int o = first; o < end; o++)
        {
            for (int u = 0; u < s.KernelHeight; u++)
            {
                for (int v = 0; v < s.KernelWidth; v++)
                {
                    for (int i = 0; i < gi; i++)
                    {
                        float* target = gw + Weight(s, o, u, v) + i;
                        *target = (float)(*target + WeightSum(s, x + (o / go * gi) + i, gy + o, u, v));
                    }
                }
            }
        }
    }

    private static double WeightSum(in ConvShape s, float* x, float* gy, int u, int v)
    {
        int oh = s.OutHeight, ow = s.OutWidth;
        double sum = 0;
        for (int n = 0; n < s.Batch; n++)
        {
            for (int p = 0; p < oh; p++)
            {
                int h = (p * s.Stride) + u - s.Padding;
                if (h < 0 || h >= s.Height)
                {
                    continue;
                }

                for (int q = 0; q < ow; q++)
                {
                    int c = (q * s.Stride) + v - s.Padding;
                    if (c >= 0 && c < s.Width)
                    {
                        sum += (double)x[Input(s, n, h, c)] * gy[((((nint)n * oh) + p) * ow + q) * s.OutChannels];
                    }
                }
            }
        }

        return sum;
    }

    private static nint Input(in ConvShape s, int n, int h, int c) => ((((nint)n * s.Height) + h) * s.Width + c) * s.InChannels;

    private static nint Weight(in ConvShape s, int o, int u, int v)
        => ((((nint)o * s.KernelHeight) + u) * s.KernelWidth + v) * s.GroupInChannels;
}
