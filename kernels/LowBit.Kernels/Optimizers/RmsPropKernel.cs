using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Optimizers;

/// <summary>One RMSprop step; see <see cref="RmsPropOptions"/> for the formula. The mean and the momentum are touched only where the options ask for them.</summary>
internal readonly unsafe struct RmsPropKernel(RmsPropOptions options, float* g, float* v, float* c, float* m, float* p) : IElementKernel
{
    private readonly float _rate = options.LearningRate;
    private readonly float _alpha = options.Alpha;
    private readonly float _rest = (float)(1 - (double)options.Alpha);
    private readonly float _epsilon = options.Epsilon;
    private readonly float _momentum = options.Momentum;
    private readonly float _decay = options.WeightDecay;
    private readonly bool _centered = options.Centered;
    private readonly float* _g = g;
    private readonly float* _v = v;
    private readonly float* _c = c;
    private readonly float* _m = m;
    private readonly float* _p = p;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<L, V>(nuint i)
        where L : struct, ILanes<V>
        where V : struct
    {
        V p = L.Load(ref *_p, i);
        V g = L.MultiplyAdd(L.Splat(_decay), p, L.Load(ref *_g, i));
        V v = L.MultiplyAdd(L.Splat(_alpha), L.Load(ref *_v, i), L.Multiply(L.Splat(_rest), L.Multiply(g, g)));
        L.Store(v, ref *_v, i);
        if (_centered)
        {
            V c = L.MultiplyAdd(L.Splat(_alpha), L.Load(ref *_c, i), L.Multiply(L.Splat(_rest), g));
            L.Store(c, ref *_c, i);

            // Rounding may carry a variance of zero below it.
            v = L.Max(L.Subtract(v, L.Multiply(c, c)), L.Splat(0));
        }

        V direction = L.Divide(g, L.Add(L.Sqrt(v), L.Splat(_epsilon)));
        if (_momentum != 0)
        {
            direction = L.MultiplyAdd(L.Splat(_momentum), L.Load(ref *_m, i), direction);
            L.Store(direction, ref *_m, i);
        }

        L.Store(L.MultiplyAdd(L.Splat(-_rate), direction, p), ref *_p, i);
    }
}
