using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Poolings;

/// <summary>Average pooling, one image per chunk, vectors along the channels; the divisor counts padding.</summary>
internal readonly unsafe struct AveragePoolKernel(PoolShape shape, float* x, float* y) : IChunkKernel
{
    private readonly PoolShape _shape = shape;
    private readonly float* _x = x;
    private readonly float* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        PoolShape s = _shape;
        float* image = _x + ((long)chunk * s.Height * s.Width * s.Channels);
        float* output = _y + ((long)chunk * s.OutHeight * s.OutWidth * s.Channels);
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

                output += s.Channels;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pixel<L, V>(float* image, in PoolShape s, in PoolWindow window, int c, float* output)
        where L : struct, ILanes<V>
        where V : struct
    {
        V sum = L.Splat(0f);
        for (int h = window.Top; h < window.Bottom; h++)
        {
            float* pixel = image + (((h * s.Width) + window.Left) * s.Channels) + c;
            for (int w = window.Left; w < window.Right; w++, pixel += s.Channels)
            {
                sum = L.Add(sum, L.Load(ref *pixel, 0));
            }
        }

        L.Store(L.Divide(sum, L.Splat(s.KernelHeight * s.KernelWidth)), ref *output, (nuint)c);
    }
}
