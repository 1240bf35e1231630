namespace LowBit.Kernels.Isas;

/// <summary>
/// Float lanes of one vector width. An element-wise formula is written once against this interface and the JIT compiles
/// it for one float, 128, 256 and 512 bits; every operation is IEEE-exact (or, for <see cref="MultiplyAdd"/>,
/// fused on every width), so all widths give the same bits.
/// </summary>
/// <typeparam name="V">The vector: <c>float</c>, <c>Vector128&lt;float&gt;</c>, <c>Vector256&lt;float&gt;</c> or <c>Vector512&lt;float&gt;</c>.</typeparam>
public interface ILanes<V>
    where V : struct
{
    /// <summary>Floats per vector.</summary>
    static abstract int Count { get; }

    /// <summary>Reads <see cref="Count"/> floats at element <paramref name="offset"/>; no alignment is needed.</summary>
    static abstract V Load(ref readonly float source, nuint offset);

    /// <summary>Writes <see cref="Count"/> floats at element <paramref name="offset"/>.</summary>
    static abstract void Store(V value, ref float destination, nuint offset);

    /// <summary>All lanes equal.</summary>
    static abstract V Splat(float value);

    /// <summary>a + b.</summary>
    static abstract V Add(V a, V b);

    /// <summary>a − b.</summary>
    static abstract V Subtract(V a, V b);

    /// <summary>a · b.</summary>
    static abstract V Multiply(V a, V b);

    /// <summary>a / b, correctly rounded.</summary>
    static abstract V Divide(V a, V b);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>The square root, correctly rounded.</summary>
    static abstract V Sqrt(V a);

    /// <summary>The smaller one; <paramref name="b"/> when either is NaN or both are zeros (the rule of x86 MINPS).</summary>
    static abstract V Min(V a, V b);

    /// <summary>The larger one; <paramref name="b"/> when either is NaN or both are zeros (the rule of x86 MAXPS).</summary>
    static abstract V Max(V a, V b);

    /// <summary>The absolute value.</summary>
    static abstract V Abs(V a);

    /// <summary>Round to nearest, ties to even.</summary>
    static abstract V RoundHalfEven(V a);

    /// <summary>Round towards minus infinity.</summary>
    static abstract V Floor(V a);

    /// <summary>All-ones lanes where a &lt; b, else zero bits.</summary>
    static abstract V LessThan(V a, V b);

    /// <summary>All-ones lanes where a ≤ b, else zero bits.</summary>
    static abstract V LessOrEqual(V a, V b);

    /// <summary><paramref name="whenTrue"/> where <paramref name="mask"/> is all ones, else <paramref name="whenFalse"/>.</summary>
    static abstract V Select(V mask, V whenTrue, V whenFalse);

    /// <summary>2^n for integral lanes n in [−126, 127].</summary>
    static abstract V PowerOfTwo(V n);

    /// <summary>The unbiased binary exponent of |a| as a float: ⌊log2 |a|⌋ for normal numbers.</summary>
    static abstract V Exponent(V a);

    /// <summary>The significand of |a| in [1, 2), for normal numbers.</summary>
    static abstract V Mantissa(V a);

    /// <summary>The sum of all lanes, in a fixed tree: halves are added until one lane is left.</summary>
    static abstract float Sum(V a);

    /// <summary>The largest lane by <see cref="Max"/>, in the tree of <see cref="Sum"/>.</summary>
    static abstract float Largest(V a);

    /// <summary>The smallest lane by <see cref="Min"/>, in the tree of <see cref="Sum"/>.</summary>
    static abstract float Smallest(V a);
}
