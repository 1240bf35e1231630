using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Poolings;

/// <summary>gx += the part of gy that came from x, one image per chunk.</summary>
internal readonly unsafe struct ShortcutBackwardKernel(ShortcutShape shape, float* gy, float* gx) : IChunkKernel
{
    private readonly ShortcutShape _shape = shape;
    private readonly float* _gy = gy;
    private readonly float* _gx = gx;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        ShortcutShape s = _shape;
        nuint channels = (nuint)s.InChannels, n = (nuint)L.Count;
        float* gy = _gy + ((long)chunk * s.OutHeight * s.OutWidth * s.OutChannels) + s.Before;
        for (int h = 0; h < s.Height; h += s.Stride)
        {
            for (int w = 0; w < s.Width; w += s.Stride, gy += s.OutChannels)
            {
                float* gx = _gx + ((((((long)chunk * s.Height) + h) * s.Width) + w) * s.InChannels);
                nuint c = 0;
                for (; c + n <= channels; c += n)
                {
                    L.Store(L.Add(L.Load(ref *gx, c), L.Load(ref *gy, c)), ref *gx, c);
                }

                for (; c < channels; c++)
                {
                    gx[c] += gy[c];
                }
            }
        }
    }
}
