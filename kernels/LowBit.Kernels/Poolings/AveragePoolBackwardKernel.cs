using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Poolings;

/// <summary>gx += gy / window over every pixel of every window, one image per chunk.</summary>
internal readonly unsafe struct AveragePoolBackwardKernel(PoolShape shape, float* gy, float* gx) : IChunkKernel
{
    private readonly PoolShape _shape = shape;
    private readonly float* _gy = gy;
    private readonly float* _gx = gx;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        PoolShape s = _shape;
        float* image = _gx + ((long)chunk * s.Height * s.Width * s.Channels);
        float* gy = _gy + ((long)chunk * s.OutHeight * s.OutWidth * s.Channels);
        for (int row = 0; row < s.OutHeight; row++)
        {
            for (int column = 0; column < s.OutWidth; column++)
            {
                var window = new PoolWindow(in s, row, column);
                int c = 0;
                for (; c + L.Count <= s.Channels; c += L.Count)
                {
                    Pixel<L, V>(image, in s, in window, c, gy);
                }

                for (; c < s.Channels; c++)
                {
                    Pixel<LanesScalar, float>(image, in s, in window, c, gy);
                }

                gy += s.Channels;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pixel<L, V>(float* image, in PoolShape s, in PoolWindow window, int c, float* gy)
        where L : struct, ILanes<V>
        where V : struct
    {
        V share = L.Divide(L.Load(ref *gy, (nuint)c), L.Splat(s.KernelHeight * s.KernelWidth));
        for (int h = window.Top; h < window.Bottom; h++)
        {
            float* pixel = image + (((h * s.Width) + window.Left) * s.Channels) + c;
            for (int w = window.Left; w < window.Right; w++, pixel += s.Channels)
            {
                L.Store(L.Add(L.Load(ref *pixel, 0), share), ref *pixel, 0);
            }
        }
    }
}
