using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Optimizers;

/// <summary>One SGD step; see <see cref="SgdOptions"/> for the formula. Without momentum <c>m</c> points at g and is not written.</summary>
internal readonly unsafe struct SgdKernel(SgdOptions options, float* g, float* m, float* p) : IElementKernel
{
    private readonly float _rate = options.LearningRate;
    private readonly float _momentum = options.Momentum;
    private readonly float _decay = options.WeightDecay;
    private readonly bool _nesterov = options.Nesterov;
    private readonly bool _first = options.FirstStep;
    private readonly float* _g = g;
    private readonly float* _m = m;
    private readonly float* _p = p;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<L, V>(nuint i)
        where L : struct, ILanes<V>
        where V : struct
    {
        V p = L.Load(ref *_p, i);
        V g = L.MultiplyAdd(L.Splat(_decay), p, L.Load(ref *_g, i));
        V direction = g;
        if (_momentum != 0)
        {
            V m = _first ? g : L.MultiplyAdd(L.Splat(_momentum), L.Load(ref *_m, i), g);
            L.Store(m, ref *_m, i);
            direction = _nesterov ? L.MultiplyAdd(L.Splat(_momentum), m, g) : m;
        }

        L.Store(L.MultiplyAdd(L.Splat(-_rate), direction, p), ref *_p, i);
    }
}
