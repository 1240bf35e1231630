using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Reductions;

namespace LowBit.Kernels.Normalizations;

/// <summary>Σ gy and Σ gy·(x − mean), what every gradient of a batch normalisation is made of.</summary>
internal readonly unsafe struct GradientSums(float* x, float* gy, float* mean) : IColumnSums
{
    private readonly float* _x = x;
    private readonly float* _gy = gy;
    private readonly float* _mean = mean;

    public static bool HasSecond => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V First<L, V>(nuint i, nuint column, V sum)
        where L : struct, ILanes<V>
        where V : struct
        => L.Add(sum, L.Load(ref *_gy, i));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Second<L, V>(nuint i, nuint column, V sum)
        where L : struct, ILanes<V>
        where V : struct
        => L.MultiplyAdd(L.Load(ref *_gy, i), L.Subtract(L.Load(ref *_x, i), L.Load(ref *_mean, column)), sum);
}
