using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Optimizers;

/// <summary>One AdamW step; see <see cref="AdamWOptions"/> for the formula. With <c>x</c> null there is no AMSGrad maximum.</summary>
internal readonly unsafe struct AdamWKernel : IElementKernel
{
    private readonly float* _g;
    private readonly float* _m;
    private readonly float* _v;
    private readonly float* _x;
    private readonly float* _p;
    private readonly float _beta1;
    private readonly float _rest1;
    private readonly float _beta2;
    private readonly float _rest2;
    private readonly float _epsilon;
    private readonly float _shrink;
    private readonly float _decay;
    private readonly float _stepSize;
    private readonly float _rootCorrection;

    public AdamWKernel(in AdamWOptions options, float* g, float* m, float* v, float* x, float* p)
    {
        _g = g;
        _m = m;
        _v = v;
        _x = x;
        _p = p;
        _beta1 = options.Beta1;
        _rest1 = (float)(1 - (double)options.Beta1);
        _beta2 = options.Beta2;
        _rest2 = (float)(1 - (double)options.Beta2);
        _epsilon = options.Epsilon;
        _shrink = options.Decoupled ? (float)(1 - ((double)options.LearningRate * options.WeightDecay)) : 1f;
        _decay = options.Decoupled ? 0f : options.WeightDecay;
        _stepSize = (float)(options.LearningRate / (1 - Power(options.Beta1, options.Step)));
        _rootCorrection = (float)Math.Sqrt(1 - Power(options.Beta2, options.Step));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<L, V>(nuint i)
        where L : struct, ILanes<V>
        where V : struct
    {
        V p = L.Multiply(L.Splat(_shrink), L.Load(ref *_p, i));
        V g = L.MultiplyAdd(L.Splat(_decay), p, L.Load(ref *_g, i));
        V m = L.MultiplyAdd(L.Splat(_beta1), L.Load(ref *_m, i), L.Multiply(L.Splat(_rest1), g));
        V v = L.MultiplyAdd(L.Splat(_beta2), L.Load(ref *_v, i), L.Multiply(L.Splat(_rest2), L.Multiply(g, g)));
        L.Store(m, ref *_m, i);
        L.Store(v, ref *_v, i);
        if (_x != null)
        {
            v = L.Max(L.Load(ref *_x, i), v);
            L.Store(v, ref *_x, i);
        }

        V denominator = L.Add(L.Divide(L.Sqrt(v), L.Splat(_rootCorrection)), L.Splat(_epsilon));
        L.Store(L.Subtract(p, L.Divide(L.Multiply(L.Splat(_stepSize), m), denominator)), ref *_p, i);
    }

    // By squaring: Math.Pow may differ between machines in the last bit, products do not.
    private static double Power(double x, long exponent)
    {
        double result = 1;
        for (; exponent > 0; exponent >>= 1, x *= x)
        {
            result = (exponent & 1) != 0 ? result * x : result;
        }

        return result;
    }
}
