using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Poolings;

/// <summary>Maximum pooling, one image per chunk, vectors along the channels.</summary>
internal readonly unsafe struct MaxPoolKernel(PoolShape shape, float* x, float* y, int* argmax) : IChunkKernel
{
    private readonly PoolShape _shape = shape;
    private readonly float* _x = x;
    private readonly float* _y = y;
    private readonly int* _argmax = argmax;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        PoolShape s = _shape;
        float* image = _x + ((long)chunk * s.Height * s.Width * s.Channels);
        long output = (long)chunk * s.OutHeight * s.OutWidth * s.Channels;
        for (int row = 0; row < s.OutHeight; row++)
        {
            for (int column = 0; column < s.OutWidth; column++)
            {
                var window = new PoolWindow(in s, row, column);
                int c = 0;
                for (; c + L.Count <= s.Channels; c += L.Count)
                {
                    Pixel<L, V>(image, in s, in window, c, output);
                }

                for (; c < s.Channels; c++)
                {
                    Pixel<LanesScalar, float>(image, in s, in window, c, output);
                }

                // So far the index of the pixel's first channel.
                for (c = 0; c < s.Channels; c++)
                {
                    _argmax[output + c] += c;
                }

                output += s.Channels;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Pixel<L, V>(float* image, in PoolShape s, in PoolWindow window, int c, long output)
        where L : struct, ILanes<V>
        where V : struct
    {
        int first = ((window.Top * s.Width) + window.Left) * s.Channels;
        V best = L.Load(ref *image, (nuint)(first + c));

        // Indices travel as bit patterns of floats: they are moved and selected, never computed with.
        V index = L.Splat(BitConverter.Int32BitsToSingle(first));
        for (int h = window.Top; h < window.Bottom; h++)
        {
            for (int w = window.Left; w < window.Right; w++)
            {
                int pixel = ((h * s.Width) + w) * s.Channels;
                V value = L.Load(ref *image, (nuint)(pixel + c));
                V larger = L.LessThan(best, value);
                best = L.Select(larger, value, best);
                index = L.Select(larger, L.Splat(BitConverter.Int32BitsToSingle(pixel)), index);
            }
        }

        L.Store(best, ref *_y, (nuint)(output + c));
        L.Store(index, ref *(float*)_argmax, (nuint)(output + c));
    }
}
