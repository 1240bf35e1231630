using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Normalizations;

/// <summary>
/// The arguments of a normalisation and the function behind it: <c>t = (x − mean)·scale + shift (+ addend)</c>, the vectors replicated to
/// folded columns; step and bounds belong to the function.
/// </summary>
internal unsafe struct NormColumns
{
    public float* X;
    public float* Addend;
    public float* Mean;
    public float* Scale;
    public float* Shift;
    public float Step;
    public float Low;
    public float High;

    /// <summary>The same arguments with element 0 at <paramref name="elements"/>, a multiple of the channels.</summary>
    public readonly NormColumns From(long elements)
        => this with { X = X + elements, Addend = Addend == null ? null : Addend + elements };

    /// <summary>t at elements <paramref name="i"/> …; <paramref name="d"/> is x − mean.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V Input<TAddend, L, V>(nuint i, nuint column, out V d)
        where TAddend : struct, IPresence
        where L : struct, ILanes<V>
        where V : struct
    {
        d = L.Subtract(L.Load(ref *X, i), L.Load(ref *Mean, column));
        V t = L.MultiplyAdd(d, L.Load(ref *Scale, column), L.Load(ref *Shift, column));
        return TAddend.IsPresent ? L.Add(t, L.Load(ref *Addend, i)) : t;
    }
}
