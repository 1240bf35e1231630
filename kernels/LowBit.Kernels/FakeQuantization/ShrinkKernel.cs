using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>y = A·sign(x)·clip((|x| − c)/(2d) + ½, 0, 1)^γ, channel by channel.</summary>
internal readonly unsafe struct ShrinkKernel(float* x, float* grid, float* y) : IPieceKernel
{
    private readonly float* _x = x;
    private readonly float* _grid = grid;
    private readonly float* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Piece<L, V>(int piece, int channel, nuint begin, nuint end)
        where L : struct, ILanes<V>
        where V : struct
    {
        float* x = _x, y = _y;
        var arguments = new ShrinkChannel(_grid + (channel * ShrinkGrid.Length));
        nuint i = begin, n = (nuint)L.Count;
        for (; i + n <= end; i += n)
        {
            Step<L, V>(x, y, i, in arguments);
        }

        for (; i < end; i++)
        {
            Step<LanesScalar, float>(x, y, i, in arguments);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<L, V>(float* x, float* y, nuint i, in ShrinkChannel channel)
        where L : struct, ILanes<V>
        where V : struct
    {
        V value = L.Load(ref *x, i);
        V p = channel.Power<L, V>(channel.Place<L, V>(value));
        L.Store(L.Multiply(L.Multiply(L.Splat(channel.Scale), ShrinkChannel.Sign<L, V>(value)), p), ref *y, i);
    }
}
