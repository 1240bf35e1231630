using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.MatrixProducts;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Convolutions;

/// <summary>Depthwise convolutions (Howard et al. 2017, arXiv:1704.04861): the vector lanes are channels.</summary>
internal static unsafe class DepthwiseConvolution<L, V>
    where L : struct, IFmaLanes<V>
    where V : struct
{
    private const int TargetBlocks = 16;

    /// <summary>The forward convolution.</summary>
    public static void Forward(in ConvShape shape, float* x, float* w, float* bias, float* y, WorkerPool pool)
    {
        ConvShape s = shape with { Groups = 1 };
        int taps = s.KernelHeight * s.KernelWidth, padded = DepthwiseCorrelation<L, V>.Pad(s.InChannels);
        long floats = (long)taps * padded;
        float* panels = Scratch.Rent(floats);
        for (int tap = 0; tap < taps; tap++)
        {
            PackTap(w + tap, taps, s.InChannels, panels + ((nint)tap * padded));
        }

        CorrelationPass pass = ConvFrames.ForwardPass(s, 0, x, y);
        pass.Panels = panels;
        pass.Bias = bias;
        pass.Division = new ColumnPanels(1, L.Count);
        Run(ref pass, pool);
        Scratch.Return(panels, floats);
    }

    /// <summary>The gradient to the input, phase by phase of the stride as in the dense case.</summary>
    public static void BackwardInput(in ConvShape shape, float* gy, float* w, float* gx, bool accumulate, WorkerPool pool)
    {
        ConvShape s = shape with { Groups = 1 };
        int taps = s.KernelHeight * s.KernelWidth, padded = DepthwiseCorrelation<L, V>.Pad(s.InChannels);
        long floats = (long)taps * padded;
        float* panels = Scratch.Rent(floats);
        for (int a = 0; a < Math.Min(s.Stride, s.Height); a++)
        {
            for (int b = 0; b < Math.Min(s.Stride, s.Width); b++)
            {
                var rows = new StridePhase(s.KernelHeight, s.Stride, s.Padding, a);
                var columns = new StridePhase(s.KernelWidth, s.Stride, s.Padding, b);
                if (rows.Taps == 0 || columns.Taps == 0)
                {
                    continue;
                }

                for (int u = 0; u < rows.Taps; u++)
                {
                    for (int v = 0; v < columns.Taps; v++)
                    {
                        int tap = (rows.KernelIndex(u) * s.KernelWidth) + columns.KernelIndex(v);
                        PackTap(w + tap, taps, s.InChannels, panels + ((((nint)u * columns.Taps) + v) * padded));
                    }
                }

                CorrelationPass pass = ConvFrames.BackwardPass(s, 0, rows, columns, gy, gx);
                pass.Add = accumulate;
                pass.Panels = panels;
                pass.Division = new ColumnPanels(1, L.Count);
                Run(ref pass, pool);
            }
        }

        Scratch.Return(panels, floats);
    }

    /// <summary>The gradient to the weights: blocks of images give partial sums <c>[tap, channel]</c>, added in order.</summary>
    public static void BackwardWeights(in ConvShape shape, float* x, float* gy, float* gw, WorkerPool pool)
    {
        ConvShape s = shape with { Groups = 1 };
        int taps = s.KernelHeight * s.KernelWidth, padded = DepthwiseCorrelation<L, V>.Pad(s.InChannels);
        var job = new Job { Shape = s, Padded = padded, Input = ConvFrames.Input(s, x, 0), Gy = gy };
        job.ImagesPerBlock = (s.Batch + TargetBlocks - 1) / TargetBlocks;
        int blocks = (s.Batch + job.ImagesPerBlock - 1) / job.ImagesPerBlock;
        job.PartialFloats = (long)taps * padded;
        job.Partial = Scratch.Rent(job.PartialFloats * blocks);
        pool.Run(blocks, ref job, static (ref Job j, int block) => RunBlock(in j, block));
        for (nint tap = 0; tap < taps; tap++)
        {
            for (nint c = 0; c < s.InChannels; c++)
            {
                float sum = 0;
                for (int block = 0; block < blocks; block++)
                {
                    sum += job.Partial[(block * job.PartialFloats) + (tap * padded) + c];
                }

                gw[(c * taps) + tap] += sum;
            }
        }

        Scratch.Return(job.Partial, job.PartialFloats * blocks);
    }

    private static void RunBlock(in Job job, int block)
    {
        ConvShape s = job.Shape;
        float* partial = job.Partial + (block * job.PartialFloats);
        NativeMemory.Clear(partial, (nuint)(job.PartialFloats * sizeof(float)));
        int frameWidth = ((s.OutWidth - 1) * s.Stride) + s.KernelWidth, channels = s.InChannels;
        nint frameRow = (nint)frameWidth * channels, gyRow = (nint)s.OutWidth * channels;

        // Both copies end with the surplus lanes of a last vector, which is what lets whole vectors be read.
        long frameFloats = ((long)s.KernelHeight * frameRow) + L.Count, gyFloats = gyRow + L.Count;
        float* frame = Scratch.Rent(frameFloats);
        float* gradient = Scratch.Rent(gyFloats);
        int lastImage = Math.Min(s.Batch, (block + 1) * job.ImagesPerBlock);
        for (int image = block * job.ImagesPerBlock; image < lastImage; image++)
        {
            for (int row = 0; row < s.OutHeight; row++)
            {
                job.Input.CopyBand(image, row * s.Stride, s.KernelHeight, frameWidth, frame);
                NativeMemory.Copy(job.Gy + ((((nint)image * s.OutHeight) + row) * gyRow), gradient, (nuint)(gyRow * sizeof(float)));
                for (int u = 0; u < s.KernelHeight; u++)
                {
                    for (int v = 0; v < s.KernelWidth; v++)
                    {
                        float* sums = partial + ((((nint)u * s.KernelWidth) + v) * job.Padded);
                        AddTap(in s, frame + (u * frameRow) + ((nint)v * channels), gradient, sums);
                    }
                }
            }
        }

        Scratch.Return(gradient, gyFloats);
        Scratch.Return(frame, frameFloats);
    }

    /// <summary>Adds one row's contribution to one tap, four pixels apart so that the additions do not wait for each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTap(in ConvShape s, float* frame, float* gradient, float* sums)
    {
        nint channels = s.InChannels, step = s.Stride * channels;
        for (nint c = 0; c < channels; c += L.Count)
        {
            V a = L.Load(sums + c), b = default, d = default, e = default;
            float* x = frame + c;
            float* g = gradient + c;
            int q = 0;
            for (; q + 4 <= s.OutWidth; q += 4, x += 4 * step, g += 4 * channels)
            {
                a = L.MultiplyAdd(L.Load(x), L.Load(g), a);
                b = L.MultiplyAdd(L.Load(x + step), L.Load(g + channels), b);
                d = L.MultiplyAdd(L.Load(x + (2 * step)), L.Load(g + (2 * channels)), d);
                e = L.MultiplyAdd(L.Load(x + (3 * step)), L.Load(g + (3 * channels)), e);
            }

            for (; q < s.OutWidth; q++, x += step, g += channels)
            {
                a = L.MultiplyAdd(L.Load(x), L.Load(g), a);
            }

            L.Store(sums + c, L.Add(L.Add(a, b), L.Add(d, e)));
        }
    }

    private static void Run(ref CorrelationPass pass, WorkerPool pool)
    {
        pass.Partition();
        if (pass.Source.Channels >= L.Count)
        {
            DepthwiseDirect<L, V>.Run(ref pass, pool);
        }
        else
        {
            DepthwiseCorrelation<L, V>.Run(ref pass, pool);
        }
    }

    /// <summary>One tap of all channels, as the body for this many channels wants it.</summary>
    private static void PackTap(float* w, nint channelStep, int channels, float* destination)
    {
        if (channels >= L.Count)
        {
            DepthwiseDirect<L, V>.PackTap(w, channelStep, channels, destination);
            return;
        }

        for (nint c = 0; c < L.Count; c++)
        {
            destination[c] = c < channels ? w[c * channelStep] : 0;
        }
    }

    private struct Job
    {
        public ConvShape Shape;
        public int Padded;
        public ImageSource Input;
        public float* Gy;
        public int ImagesPerBlock;
        public long PartialFloats;
        public float* Partial;
    }
}
