using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// One turn of the inner loop for up to four pixels. With many registers equal instructions of four pixels stand together: a processor whose other
/// hardware thread is busy looks ahead half as far, and then loses a tenth when each product waits for its own broadcast.
/// </summary>
/// <remarks>
/// Types are compared where a property would say the same: the compiler decides that before it inlines anything, and what is inlined in vain counts against its limit.
/// </remarks>
internal static unsafe class Dot8Pixels<L, V, D, N>
    where L : struct, IDotLanes<V>
    where V : struct
    where D : struct, IDotSums
    where N : struct, ITileVectors
{
    /// <summary>Steps of a turn: those of a group, else two where one would leave the loop's own instructions a part of the time.</summary>
    public static int Steps
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => D.Group > 1 ? D.Group : N.Count == 1 && typeof(D) != typeof(SumsExact) ? 2 : 1;
    }

    /// <summary>
    /// Adds one turn's products for <c>count</c> (a constant, 1, 2 or 4) pixels, which lie at a and one, two, three bytes behind it; <c>c</c> and <c>d</c> are the accumulators
    /// of the first and second vector of outputs, <c>w</c> and <c>v</c> the weights of the turn's steps.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn(
        int count, ref V c0, ref V c1, ref V c2, ref V c3, ref V d0, ref V d1, ref V d2, ref V d3,
        byte* a, nint one, nint two, nint three, V w0, V w1, V w2, V w3, V v0, V v1, V v2, V v3, V ones)
    {
        if (typeof(D) == typeof(SumsOfTwo) || typeof(D) == typeof(SumsOfFour))
        {
            Group(ref c0, ref d0, a, w0, w1, w2, w3, v0, v1, v2, v3, ones);
            if (count > 1)
            {
                Group(ref c1, ref d1, a + one, w0, w1, w2, w3, v0, v1, v2, v3, ones);
            }

            if (count > 2)
            {
                Group(ref c2, ref d2, a + two, w0, w1, w2, w3, v0, v1, v2, v3, ones);
                Group(ref c3, ref d3, a + three, w0, w1, w2, w3, v0, v1, v2, v3, ones);
            }

            return;
        }

        Step(count, ref c0, ref c1, ref c2, ref c3, ref d0, ref d1, ref d2, ref d3, a, one, two, three, w0, v0, ones);
        if (typeof(N) == typeof(Vectors1) && typeof(D) != typeof(SumsExact))
        {
            Step(count, ref c0, ref c1, ref c2, ref c3, ref d0, ref d1, ref d2, ref d3, a + 4, one, two, three, w1, v1, ones);
        }
    }

    // The products of one step.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(
        int count, ref V c0, ref V c1, ref V c2, ref V c3, ref V d0, ref V d1, ref V d2, ref V d3, byte* a, nint one, nint two, nint three, V w, V v, V ones)
    {
        V x0 = L.Broadcast(a), x1 = x0, x2 = x0, x3 = x0;
        if (typeof(V) != typeof(Vector512<int>) || typeof(D) == typeof(SumsExact))
        {
            Single(ref c0, ref d0, x0, w, v, ones);
            if (count > 1)
            {
                Single(ref c1, ref d1, L.Broadcast(a + one), w, v, ones);
            }

            if (count > 2)
            {
                Single(ref c2, ref d2, L.Broadcast(a + two), w, v, ones);
                Single(ref c3, ref d3, L.Broadcast(a + three), w, v, ones);
            }

            return;
        }

        if (count > 1)
        {
            x1 = L.Broadcast(a + one);
        }

        if (count > 2)
        {
            x2 = L.Broadcast(a + two);
            x3 = L.Broadcast(a + three);
        }

        if (typeof(N) == typeof(Vectors2))
        {
            Add(count, ref d0, ref d1, ref d2, ref d3, x0, x1, x2, x3, v, ones);
        }

        Add(count, ref c0, ref c1, ref c2, ref c3, x0, x1, x2, x3, w, ones);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(int count, ref V c0, ref V c1, ref V c2, ref V c3, V x0, V x1, V x2, V x3, V w, V ones)
    {
        V y0 = D.Product<L, V>(x0, w), y1 = y0, y2 = y0, y3 = y0;
        if (count > 1)
        {
            y1 = D.Product<L, V>(x1, w);
        }

        if (count > 2)
        {
            y2 = D.Product<L, V>(x2, w);
            y3 = D.Product<L, V>(x3, w);
        }

        if (typeof(D) == typeof(SumsAtOnce))
        {
            y0 = L.Widen(y0, ones);
            if (count > 1)
            {
                y1 = L.Widen(y1, ones);
            }

            if (count > 2)
            {
                y2 = L.Widen(y2, ones);
                y3 = L.Widen(y3, ones);
            }
        }

        c0 = D.Sum<L, V>(c0, y0);
        if (count > 1)
        {
            c1 = D.Sum<L, V>(c1, y1);
        }

        if (count > 2)
        {
            c2 = D.Sum<L, V>(c2, y2);
            c3 = D.Sum<L, V>(c3, y3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Single(ref V c, ref V d, V x, V w, V v, V ones)
    {
        c = Single(c, x, w, ones);
        if (typeof(N) == typeof(Vectors2))
        {
            d = Single(d, x, v, ones);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Single(V c, V x, V w, V ones)
    {
        if (typeof(D) == typeof(SumsExact) || typeof(D) == typeof(SumsAtOnce))
        {
            return L.AddDot(c, x, w, ones);
        }

        return D.Sum<L, V>(c, D.Product<L, V>(x, w));
    }

    // Pair sums of some steps of one pixel, widened once.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Group(ref V c, ref V d, byte* a, V w0, V w1, V w2, V w3, V v0, V v1, V v2, V v3, V ones)
    {
        V a0 = L.Broadcast(a), a1 = L.Broadcast(a + 4), a2 = a0, a3 = a0;
        if (typeof(D) == typeof(SumsOfFour))
        {
            a2 = L.Broadcast(a + 8);
            a3 = L.Broadcast(a + 12);
        }

        c = Group(c, a0, a1, a2, a3, w0, w1, w2, w3, ones);
        if (typeof(N) == typeof(Vectors2))
        {
            d = Group(d, a0, a1, a2, a3, v0, v1, v2, v3, ones);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Group(V c, V a0, V a1, V a2, V a3, V w0, V w1, V w2, V w3, V ones)
    {
        V x = L.Add16(L.PairSums(a0, w0), L.PairSums(a1, w1));
        if (typeof(D) == typeof(SumsOfFour))
        {
            x = L.Add16(x, L.Add16(L.PairSums(a2, w2), L.PairSums(a3, w3)));
        }

        return L.Add32(c, L.Widen(x, ones));
    }
}
