using System.Runtime.CompilerServices;

namespace LowBit.Kernels.MatrixProducts;

/// <summary>
/// The register tile of every float product here: TRows rows of one or two vectors, one broadcast of A and one or two
/// fused multiplications per row and step. Written once; the accumulators are separate locals because an array of them lives in memory.
/// Two steps per turn: with one, the pointer updates cost more issue slots than the multiplications leave.
/// </summary>
internal static unsafe class Tile<L, V, TRows, TVectors, TStep>
    where L : struct, IFmaLanes<V>
    where V : struct
    where TRows : struct, IRows
    where TVectors : struct, IVectors
    where TStep : struct, IRowStep
{
    private const int PrefetchB = 256;
    private const int PrefetchA = 256;

    /// <summary>Computes the tile described by <paramref name="t"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(TileArguments* t)
    {
        V c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        V c8 = default, c9 = default, c10 = default, c11 = default, c12 = default, c13 = default, c14 = default, c15 = default;
        V d0 = default, d1 = default, d2 = default, d3 = default, d4 = default, d5 = default, d6 = default, d7 = default;
        V d8 = default, d9 = default, d10 = default, d11 = default, d12 = default, d13 = default, d14 = default, d15 = default;
        V x, b0, b1;
        nint s1 = t->ARow, s2 = 2 * s1, s3 = 3 * s1, aStep = TStep.Floats == 1 ? t->AStep : 1, bStep = t->BStep;
        float* result = t->C;
        for (nint row = 0; row < TRows.Count; row++, result += t->CRow)
        {
            // The tile's sums take far longer than these lines need to arrive.
            Cache.Prefetch(result);
            if (TVectors.Two)
            {
                Cache.Prefetch(result + L.Count);
            }
        }

        float* groupA = t->A, groupB = t->B;
        nint groups = t->Groups;
        do
        {
            for (nint segment = 0; segment < t->Segments; segment++)
            {
                float* p0 = groupA + (segment * t->ASegment);
                float* p3 = p0 + s3, p6 = p3 + s3, p9 = p6 + s3, p12 = p9 + s3, p15 = p12 + s3;
                float* b = groupB + (segment * t->BSegment);
                nint k = t->Steps;
                for (; k >= 2; k -= 2)
                {
                    if (TStep.Ahead)
                    {
                        Cache.Prefetch(b + PrefetchB);
                        Cache.Prefetch(b + PrefetchB + L.Count);
                        Cache.Prefetch(b + PrefetchB + (2 * L.Count));
                        Cache.Prefetch(b + PrefetchB + (3 * L.Count));
                        Cache.Prefetch(p0 + PrefetchA);
                        Cache.Prefetch(p0 + PrefetchA + 16);
                    }

                    b0 = L.Load(b);
                    b1 = TVectors.Two ? L.Load(b + L.Count) : default;
                    if (TRows.Count > 0) { x = L.Broadcast(p0); c0 = L.MultiplyAdd(x, b0, c0); d0 = TVectors.Two ? L.MultiplyAdd(x, b1, d0) : d0; }
                    if (TRows.Count > 1) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (1 * TStep.Floats) : p0 + s1); c1 = L.MultiplyAdd(x, b0, c1); d1 = TVectors.Two ? L.MultiplyAdd(x, b1, d1) : d1; }
                    if (TRows.Count > 2) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (2 * TStep.Floats) : p0 + s2); c2 = L.MultiplyAdd(x, b0, c2); d2 = TVectors.Two ? L.MultiplyAdd(x, b1, d2) : d2; }
                    if (TRows.Count > 3) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (3 * TStep.Floats) : p3); c3 = L.MultiplyAdd(x, b0, c3); d3 = TVectors.Two ? L.MultiplyAdd(x, b1, d3) : d3; }
                    if (TRows.Count > 4) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (4 * TStep.Floats) : p3 + s1); c4 = L.MultiplyAdd(x, b0, c4); d4 = TVectors.Two ? L.MultiplyAdd(x, b1, d4) : d4; }
                    if (TRows.Count > 5) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (5 * TStep.Floats) : p3 + s2); c5 = L.MultiplyAdd(x, b0, c5); d5 = TVectors.Two ? L.MultiplyAdd(x, b1, d5) : d5; }
                    if (TRows.Count > 6) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (6 * TStep.Floats) : p6); c6 = L.MultiplyAdd(x, b0, c6); d6 = TVectors.Two ? L.MultiplyAdd(x, b1, d6) : d6; }
                    if (TRows.Count > 7) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (7 * TStep.Floats) : p6 + s1); c7 = L.MultiplyAdd(x, b0, c7); d7 = TVectors.Two ? L.MultiplyAdd(x, b1, d7) : d7; }
                    if (TRows.Count > 8) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (8 * TStep.Floats) : p6 + s2); c8 = L.MultiplyAdd(x, b0, c8); d8 = TVectors.Two ? L.MultiplyAdd(x, b1, d8) : d8; }
                    if (TRows.Count > 9) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (9 * TStep.Floats) : p9); c9 = L.MultiplyAdd(x, b0, c9); d9 = TVectors.Two ? L.MultiplyAdd(x, b1, d9) : d9; }
                    if (TRows.Count > 10) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (10 * TStep.Floats) : p9 + s1); c10 = L.MultiplyAdd(x, b0, c10); d10 = TVectors.Two ? L.MultiplyAdd(x, b1, d10) : d10; }
                    if (TRows.Count > 11) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (11 * TStep.Floats) : p9 + s2); c11 = L.MultiplyAdd(x, b0, c11); d11 = TVectors.Two ? L.MultiplyAdd(x, b1, d11) : d11; }
                    if (TRows.Count > 12) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (12 * TStep.Floats) : p12); c12 = L.MultiplyAdd(x, b0, c12); d12 = TVectors.Two ? L.MultiplyAdd(x, b1, d12) : d12; }
                    if (TRows.Count > 13) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (13 * TStep.Floats) : p12 + s1); c13 = L.MultiplyAdd(x, b0, c13); d13 = TVectors.Two ? L.MultiplyAdd(x, b1, d13) : d13; }
                    if (TRows.Count > 14) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (14 * TStep.Floats) : p12 + s2); c14 = L.MultiplyAdd(x, b0, c14); d14 = TVectors.Two ? L.MultiplyAdd(x, b1, d14) : d14; }
                    if (TRows.Count > 15) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (15 * TStep.Floats) : p15); c15 = L.MultiplyAdd(x, b0, c15); d15 = TVectors.Two ? L.MultiplyAdd(x, b1, d15) : d15; }
                    float* q0 = p0 + aStep;
                    b += bStep;
                    b0 = L.Load(b);
                    b1 = TVectors.Two ? L.Load(b + L.Count) : default;
                    if (TRows.Count > 0) { x = L.Broadcast(TStep.Floats > 0 ? q0 : p0 + 1); c0 = L.MultiplyAdd(x, b0, c0); d0 = TVectors.Two ? L.MultiplyAdd(x, b1, d0) : d0; }
                    if (TRows.Count > 1) { x = L.Broadcast(TStep.Floats > 0 ? q0 + (1 * TStep.Floats) : p0 + s1 + 1); c1 = L.MultiplyAdd(x, b0, c1); d1 = TVectors.Two ? L.MultiplyAdd(x, b1, d1) : d1; }
                    if (TRows.Count > 2) { x = L.Broadcast(TStep.Floats > 0 ? q0 + (2 * TStep.Floats) : p0 + s2 + 1); c2 = L.MultiplyAdd(x, b0, c2); d2 = TVectors.Two ? L.MultiplyAdd(x, b1, d2) : d2; }
                    if (TRows.Count > 3) { x = L.Broadcast(TStep.Floats > 0 ? q0 + (3 * TStep.Floats) : p3 + 1); c3 = L.MultiplyAdd(x, b0, c3); d3 = TVectors.Two ? L.MultiplyAdd(x, b1, d3) : d3; }
                    if (TRows.Count > 4) { x = L.Broadcast(TStep.Floats > 0 ? q0 + (4 * TStep.Floats) : p3 + s1 + 1); c4 = L.MultiplyAdd(x, b0, c4); d4 = TVectors.Two ? L.MultiplyAdd(x, b1, d4) : d4; }
                    if (TRows.Count > 5) { x = L.Broadcast(TStep.Floats > 0 ? q0 + (5 * TStep.Floats) : p3 + s2 + 1); c5 = L.MultiplyAdd(x, b0, c5); d5 = TVectors.Two ? L.MultiplyAdd(x, b1, d5) : d5; }
                    if (TRows.Count > 6) { x = L.Broadcast(TStep.Floats > 0 ? q0 + (6 * TStep.Floats) : p6 + 1); c6 = L.MultiplyAdd(x, b0, c6); d6 = TVectors.Two ? L.MultiplyAdd(x, b1, d6) : d6; }
                    if (TRows.Count > 7) { x = L.Broadcast(TStep.Floats > 0 ? q0 + (7 * TStep.Floats) : p6 + s1 + 1); c7 = L.MultiplyAdd(x, b0, c7); d7 = TVectors.Two ? L.MultiplyAdd(x, b1, d7) : d7; }
                    if (TRows.Count > 8) { x = L.Broadcast(TStep.Floats > 0 ? q0 + (8 * TStep.Floats) : p6 + s2 + 1); c8 = L.MultiplyAdd(x, b0, c8); d8 = TVectors.Two ? L.MultiplyAdd(x, b1, d8) : d8; }
                    if (TRows.Count > 9) { x = L.Broadcast(TStep.Floats > 0 ? q0 + (9 * TStep.Floats) : p9 + 1); c9 = L.MultiplyAdd(x, b0, c9); d9 = TVectors.Two ? L.MultiplyAdd(x, b1, d9) : d9; }
                    if (TRows.Count > 10) { x = L.Broadcast(TStep.Floats > 0 ? q0 + (10 * TStep.Floats) : p9 + s1 + 1); c10 = L.MultiplyAdd(x, b0, c10); d10 = TVectors.Two ? L.MultiplyAdd(x, b1, d10) : d10; }
                    if (TRows.Count > 11) { x = L.Broadcast(TStep.Floats > 0 ? q0 + (11 * TStep.Floats) : p9 + s2 + 1); c11 = L.MultiplyAdd(x, b0, c11); d11 = TVectors.Two ? L.MultiplyAdd(x, b1, d11) : d11; }
                    if (TRows.Count > 12) { x = L.Broadcast(TStep.Floats > 0 ? q0 + (12 * TStep.Floats) : p12 + 1); c12 = L.MultiplyAdd(x, b0, c12); d12 = TVectors.Two ? L.MultiplyAdd(x, b1, d12) : d12; }
                    if (TRows.Count > 13) { x = L.Broadcast(TStep.Floats > 0 ? q0 + (13 * TStep.Floats) : p12 + s1 + 1); c13 = L.MultiplyAdd(x, b0, c13); d13 = TVectors.Two ? L.MultiplyAdd(x, b1, d13) : d13; }
                    if (TRows.Count > 14) { x = L.Broadcast(TStep.Floats > 0 ? q0 + (14 * TStep.Floats) : p12 + s2 + 1); c14 = L.MultiplyAdd(x, b0, c14); d14 = TVectors.Two ? L.MultiplyAdd(x, b1, d14) : d14; }
                    if (TRows.Count > 15) { x = L.Broadcast(TStep.Floats > 0 ? q0 + (15 * TStep.Floats) : p15 + 1); c15 = L.MultiplyAdd(x, b0, c15); d15 = TVectors.Two ? L.MultiplyAdd(x, b1, d15) : d15; }
                    b += bStep;
                    p0 += 2 * aStep;
                    if (TStep.Floats == 0)
                    {
                        p3 += TRows.Count > 3 ? 2 : 0;
                        p6 += TRows.Count > 6 ? 2 : 0;
                        p9 += TRows.Count > 9 ? 2 : 0;
                        p12 += TRows.Count > 12 ? 2 : 0;
                        p15 += TRows.Count > 15 ? 2 : 0;
                    }
                }

                if (k > 0)
                {
                    b0 = L.Load(b);
                    b1 = TVectors.Two ? L.Load(b + L.Count) : default;
                    if (TRows.Count > 0) { x = L.Broadcast(p0); c0 = L.MultiplyAdd(x, b0, c0); d0 = TVectors.Two ? L.MultiplyAdd(x, b1, d0) : d0; }
                    if (TRows.Count > 1) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (1 * TStep.Floats) : p0 + s1); c1 = L.MultiplyAdd(x, b0, c1); d1 = TVectors.Two ? L.MultiplyAdd(x, b1, d1) : d1; }
                    if (TRows.Count > 2) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (2 * TStep.Floats) : p0 + s2); c2 = L.MultiplyAdd(x, b0, c2); d2 = TVectors.Two ? L.MultiplyAdd(x, b1, d2) : d2; }
                    if (TRows.Count > 3) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (3 * TStep.Floats) : p3); c3 = L.MultiplyAdd(x, b0, c3); d3 = TVectors.Two ? L.MultiplyAdd(x, b1, d3) : d3; }
                    if (TRows.Count > 4) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (4 * TStep.Floats) : p3 + s1); c4 = L.MultiplyAdd(x, b0, c4); d4 = TVectors.Two ? L.MultiplyAdd(x, b1, d4) : d4; }
                    if (TRows.Count > 5) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (5 * TStep.Floats) : p3 + s2); c5 = L.MultiplyAdd(x, b0, c5); d5 = TVectors.Two ? L.MultiplyAdd(x, b1, d5) : d5; }
                    if (TRows.Count > 6) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (6 * TStep.Floats) : p6); c6 = L.MultiplyAdd(x, b0, c6); d6 = TVectors.Two ? L.MultiplyAdd(x, b1, d6) : d6; }
                    if (TRows.Count > 7) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (7 * TStep.Floats) : p6 + s1); c7 = L.MultiplyAdd(x, b0, c7); d7 = TVectors.Two ? L.MultiplyAdd(x, b1, d7) : d7; }
                    if (TRows.Count > 8) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (8 * TStep.Floats) : p6 + s2); c8 = L.MultiplyAdd(x, b0, c8); d8 = TVectors.Two ? L.MultiplyAdd(x, b1, d8) : d8; }
                    if (TRows.Count > 9) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (9 * TStep.Floats) : p9); c9 = L.MultiplyAdd(x, b0, c9); d9 = TVectors.Two ? L.MultiplyAdd(x, b1, d9) : d9; }
                    if (TRows.Count > 10) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (10 * TStep.Floats) : p9 + s1); c10 = L.MultiplyAdd(x, b0, c10); d10 = TVectors.Two ? L.MultiplyAdd(x, b1, d10) : d10; }
                    if (TRows.Count > 11) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (11 * TStep.Floats) : p9 + s2); c11 = L.MultiplyAdd(x, b0, c11); d11 = TVectors.Two ? L.MultiplyAdd(x, b1, d11) : d11; }
                    if (TRows.Count > 12) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (12 * TStep.Floats) : p12); c12 = L.MultiplyAdd(x, b0, c12); d12 = TVectors.Two ? L.MultiplyAdd(x, b1, d12) : d12; }
                    if (TRows.Count > 13) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (13 * TStep.Floats) : p12 + s1); c13 = L.MultiplyAdd(x, b0, c13); d13 = TVectors.Two ? L.MultiplyAdd(x, b1, d13) : d13; }
                    if (TRows.Count > 14) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (14 * TStep.Floats) : p12 + s2); c14 = L.MultiplyAdd(x, b0, c14); d14 = TVectors.Two ? L.MultiplyAdd(x, b1, d14) : d14; }
                    if (TRows.Count > 15) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (15 * TStep.Floats) : p15); c15 = L.MultiplyAdd(x, b0, c15); d15 = TVectors.Two ? L.MultiplyAdd(x, b1, d15) : d15; }
                }
            }

            groupA += t->AGroup;
            groupB += t->BGroup;
            groups--;
        }
        while (groups > 0);

        float* target = t->C, init = t->Init;
        nint targetRow = t->CRow, initRow = t->InitRow;
        if (init == null)
        {
            Store(target, c0, d0);
            if (TRows.Count > 1) { target += targetRow; Store(target, c1, d1); }
            if (TRows.Count > 2) { target += targetRow; Store(target, c2, d2); }
            if (TRows.Count > 3) { target += targetRow; Store(target, c3, d3); }
            if (TRows.Count > 4) { target += targetRow; Store(target, c4, d4); }
            if (TRows.Count > 5) { target += targetRow; Store(target, c5, d5); }
            if (TRows.Count > 6) { target += targetRow; Store(target, c6, d6); }
            if (TRows.Count > 7) { target += targetRow; Store(target, c7, d7); }
            if (TRows.Count > 8) { target += targetRow; Store(target, c8, d8); }
            if (TRows.Count > 9) { target += targetRow; Store(target, c9, d9); }
            if (TRows.Count > 10) { target += targetRow; Store(target, c10, d10); }
            if (TRows.Count > 11) { target += targetRow; Store(target, c11, d11); }
            if (TRows.Count > 12) { target += targetRow; Store(target, c12, d12); }
            if (TRows.Count > 13) { target += targetRow; Store(target, c13, d13); }
            if (TRows.Count > 14) { target += targetRow; Store(target, c14, d14); }
            if (TRows.Count > 15) { target += targetRow; Store(target, c15, d15); }
            return;
        }

        Add(target, init, c0, d0);
        if (TRows.Count > 1) { target += targetRow; init += initRow; Add(target, init, c1, d1); }
        if (TRows.Count > 2) { target += targetRow; init += initRow; Add(target, init, c2, d2); }
        if (TRows.Count > 3) { target += targetRow; init += initRow; Add(target, init, c3, d3); }
        if (TRows.Count > 4) { target += targetRow; init += initRow; Add(target, init, c4, d4); }
        if (TRows.Count > 5) { target += targetRow; init += initRow; Add(target, init, c5, d5); }
        if (TRows.Count > 6) { target += targetRow; init += initRow; Add(target, init, c6, d6); }
        if (TRows.Count > 7) { target += targetRow; init += initRow; Add(target, init, c7, d7); }
        if (TRows.Count > 8) { target += targetRow; init += initRow; Add(target, init, c8, d8); }
        if (TRows.Count > 9) { target += targetRow; init += initRow; Add(target, init, c9, d9); }
        if (TRows.Count > 10) { target += targetRow; init += initRow; Add(target, init, c10, d10); }
        if (TRows.Count > 11) { target += targetRow; init += initRow; Add(target, init, c11, d11); }
        if (TRows.Count > 12) { target += targetRow; init += initRow; Add(target, init, c12, d12); }
        if (TRows.Count > 13) { target += targetRow; init += initRow; Add(target, init, c13, d13); }
        if (TRows.Count > 14) { target += targetRow; init += initRow; Add(target, init, c14, d14); }
        if (TRows.Count > 15) { target += targetRow; init += initRow; Add(target, init, c15, d15); }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* target, float* init, V c, V d)
        => Store(target, L.Add(L.Load(init), c), TVectors.Two ? L.Add(L.Load(init + L.Count), d) : d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* target, V c, V d)
    {
        L.Store(target, c);
        if (TVectors.Two)
        {
            L.Store(target + L.Count, d);
        }
    }
}
