using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Poolings;

/// <summary>The option-A shortcut, one image per chunk: kept pixels are copied, new channels are zero.</summary>
internal readonly unsafe struct ShortcutKernel(ShortcutShape shape, float* x, float* y) : IChunkKernel
{
    private readonly ShortcutShape _shape = shape;
    private readonly float* _x = x;
    private readonly float* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        ShortcutShape s = _shape;
        float* output = _y + ((long)chunk * s.OutHeight * s.OutWidth * s.OutChannels);
        for (int h = 0; h < s.Height; h += s.Stride)
        {
            for (int w = 0; w < s.Width; w += s.Stride, output += s.OutChannels)
            {
                float* pixel = _x + ((((((long)chunk * s.Height) + h) * s.Width) + w) * s.InChannels);
                var target = new Span<float>(output, s.OutChannels);
                target[..s.Before].Clear();
                new Span<float>(pixel, s.InChannels).CopyTo(target[s.Before..]);
                target[(s.Before + s.InChannels)..].Clear();
            }
        }
    }
}
