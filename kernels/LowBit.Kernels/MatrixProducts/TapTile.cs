using System.Runtime.CompilerServices;

namespace LowBit.Kernels.MatrixProducts;

/// <summary>
/// The register tile of three kernel columns at stride 1 and one vector of outputs: neighbouring rows (pixels) see the same floats of A, so
/// that one broadcast serves three multiplications. With one multiplication per load the load ports would be the limit.
/// <c>C[r, :] = init[r, :] + Σ_s Σ_k Σ_v A[s·ASegment + (r + v)·ARow + k] · B[s·BSegment + v·BTap + k·BStep + :]</c>, v = 0, 1, 2.
/// </summary>
internal static unsafe class TapTile<L, V, TRows, TStep>
    where L : struct, IFmaLanes<V>
    where V : struct
    where TRows : struct, IRows
    where TStep : struct, IRowStep
{
    /// <summary>Computes the tile described by <paramref name="t"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(TileArguments* t)
    {
        V c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        V c8 = default, c9 = default, c10 = default, c11 = default, c12 = default, c13 = default, c14 = default, c15 = default;
        V x, w0, w1, w2;
        nint s1 = t->ARow, s2 = 2 * s1, s3 = 3 * s1, bStep = t->BStep, tap = t->BTap;
        float* result = t->C;
        for (nint row = 0; row < TRows.Count; row++, result += t->CRow)
        {
            Cache.Prefetch(result);
        }

        for (nint segment = 0; segment < t->Segments; segment++)
        {
            float* p0 = t->A + (segment * t->ASegment);
            float* p3 = p0 + s3, p6 = p3 + s3, p9 = p6 + s3, p12 = p9 + s3, p15 = p12 + s3;
            float* b = t->B + (segment * t->BSegment);
            float* b2 = b + (2 * tap);
            for (nint k = t->Steps; k > 0; k--)
            {
                w0 = L.Load(b);
                w1 = L.Load(b + tap);
                w2 = L.Load(b2);
                x = L.Broadcast(p0); c0 = L.MultiplyAdd(x, w0, c0);
                x = L.Broadcast(TStep.Floats > 0 ? p0 + (1 * TStep.Floats) : p0 + s1); if (TRows.Count > 1) { c1 = L.MultiplyAdd(x, w0, c1); }
                c0 = L.MultiplyAdd(x, w1, c0);
                x = L.Broadcast(TStep.Floats > 0 ? p0 + (2 * TStep.Floats) : p0 + s2); if (TRows.Count > 2) { c2 = L.MultiplyAdd(x, w0, c2); }
                if (TRows.Count > 1) { c1 = L.MultiplyAdd(x, w1, c1); }
                c0 = L.MultiplyAdd(x, w2, c0);
                if (TRows.Count > 1) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (3 * TStep.Floats) : p3); if (TRows.Count > 3) { c3 = L.MultiplyAdd(x, w0, c3); } if (TRows.Count > 2) { c2 = L.MultiplyAdd(x, w1, c2); } c1 = L.MultiplyAdd(x, w2, c1); }
                if (TRows.Count > 2) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (4 * TStep.Floats) : p3 + s1); if (TRows.Count > 4) { c4 = L.MultiplyAdd(x, w0, c4); } if (TRows.Count > 3) { c3 = L.MultiplyAdd(x, w1, c3); } c2 = L.MultiplyAdd(x, w2, c2); }
                if (TRows.Count > 3) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (5 * TStep.Floats) : p3 + s2); if (TRows.Count > 5) { c5 = L.MultiplyAdd(x, w0, c5); } if (TRows.Count > 4) { c4 = L.MultiplyAdd(x, w1, c4); } c3 = L.MultiplyAdd(x, w2, c3); }
                if (TRows.Count > 4) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (6 * TStep.Floats) : p6); if (TRows.Count > 6) { c6 = L.MultiplyAdd(x, w0, c6); } if (TRows.Count > 5) { c5 = L.MultiplyAdd(x, w1, c5); } c4 = L.MultiplyAdd(x, w2, c4); }
                if (TRows.Count > 5) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (7 * TStep.Floats) : p6 + s1); if (TRows.Count > 7) { c7 = L.MultiplyAdd(x, w0, c7); } if (TRows.Count > 6) { c6 = L.MultiplyAdd(x, w1, c6); } c5 = L.MultiplyAdd(x, w2, c5); }
                if (TRows.Count > 6) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (8 * TStep.Floats) : p6 + s2); if (TRows.Count > 8) { c8 = L.MultiplyAdd(x, w0, c8); } if (TRows.Count > 7) { c7 = L.MultiplyAdd(x, w1, c7); } c6 = L.MultiplyAdd(x, w2, c6); }
                if (TRows.Count > 7) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (9 * TStep.Floats) : p9); if (TRows.Count > 9) { c9 = L.MultiplyAdd(x, w0, c9); } if (TRows.Count > 8) { c8 = L.MultiplyAdd(x, w1, c8); } c7 = L.MultiplyAdd(x, w2, c7); }
                if (TRows.Count > 8) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (10 * TStep.Floats) : p9 + s1); if (TRows.Count > 10) { c10 = L.MultiplyAdd(x, w0, c10); } if (TRows.Count > 9) { c9 = L.MultiplyAdd(x, w1, c9); } c8 = L.MultiplyAdd(x, w2, c8); }
                if (TRows.Count > 9) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (11 * TStep.Floats) : p9 + s2); if (TRows.Count > 11) { c11 = L.MultiplyAdd(x, w0, c11); } if (TRows.Count > 10) { c10 = L.MultiplyAdd(x, w1, c10); } c9 = L.MultiplyAdd(x, w2, c9); }
                if (TRows.Count > 10) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (12 * TStep.Floats) : p12); if (TRows.Count > 12) { c12 = L.MultiplyAdd(x, w0, c12); } if (TRows.Count > 11) { c11 = L.MultiplyAdd(x, w1, c11); } c10 = L.MultiplyAdd(x, w2, c10); }
                if (TRows.Count > 11) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (13 * TStep.Floats) : p12 + s1); if (TRows.Count > 13) { c13 = L.MultiplyAdd(x, w0, c13); } if (TRows.Count > 12) { c12 = L.MultiplyAdd(x, w1, c12); } c11 = L.MultiplyAdd(x, w2, c11); }
                if (TRows.Count > 12) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (14 * TStep.Floats) : p12 + s2); if (TRows.Count > 14) { c14 = L.MultiplyAdd(x, w0, c14); } if (TRows.Count > 13) { c13 = L.MultiplyAdd(x, w1, c13); } c12 = L.MultiplyAdd(x, w2, c12); }
                if (TRows.Count > 13) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (15 * TStep.Floats) : p15); if (TRows.Count > 15) { c15 = L.MultiplyAdd(x, w0, c15); } if (TRows.Count > 14) { c14 = L.MultiplyAdd(x, w1, c14); } c13 = L.MultiplyAdd(x, w2, c13); }
                if (TRows.Count > 14) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (16 * TStep.Floats) : p15 + s1); if (TRows.Count > 15) { c15 = L.MultiplyAdd(x, w1, c15); } c14 = L.MultiplyAdd(x, w2, c14); }
                if (TRows.Count > 15) { x = L.Broadcast(TStep.Floats > 0 ? p0 + (17 * TStep.Floats) : p15 + s2); c15 = L.MultiplyAdd(x, w2, c15); }
                b += bStep;
                b2 += bStep;
                p0++;
                if (TStep.Floats == 0)
                {
                    p3++;
                    p6 += TRows.Count > 4 ? 1 : 0;
                    p9 += TRows.Count > 7 ? 1 : 0;
                    p12 += TRows.Count > 10 ? 1 : 0;
                    p15 += TRows.Count > 13 ? 1 : 0;
                }
            }
        }

        float* target = t->C, init = t->Init;
        nint targetRow = t->CRow, initRow = t->InitRow;
        if (init == null)
        {
            L.Store(target, c0);
            if (TRows.Count > 1) { target += targetRow; L.Store(target, c1); }
            if (TRows.Count > 2) { target += targetRow; L.Store(target, c2); }
            if (TRows.Count > 3) { target += targetRow; L.Store(target, c3); }
            if (TRows.Count > 4) { target += targetRow; L.Store(target, c4); }
            if (TRows.Count > 5) { target += targetRow; L.Store(target, c5); }
            if (TRows.Count > 6) { target += targetRow; L.Store(target, c6); }
            if (TRows.Count > 7) { target += targetRow; L.Store(target, c7); }
            if (TRows.Count > 8) { target += targetRow; L.Store(target, c8); }
            if (TRows.Count > 9) { target += targetRow; L.Store(target, c9); }
            if (TRows.Count > 10) { target += targetRow; L.Store(target, c10); }
            if (TRows.Count > 11) { target += targetRow; L.Store(target, c11); }
            if (TRows.Count > 12) { target += targetRow; L.Store(target, c12); }
            if (TRows.Count > 13) { target += targetRow; L.Store(target, c13); }
            if (TRows.Count > 14) { target += targetRow; L.Store(target, c14); }
            if (TRows.Count > 15) { target += targetRow; L.Store(target, c15); }
            return;
        }

        L.Store(target, L.Add(L.Load(init), c0));
        if (TRows.Count > 1) { target += targetRow; init += initRow; L.Store(target, L.Add(L.Load(init), c1)); }
        if (TRows.Count > 2) { target += targetRow; init += initRow; L.Store(target, L.Add(L.Load(init), c2)); }
        if (TRows.Count > 3) { target += targetRow; init += initRow; L.Store(target, L.Add(L.Load(init), c3)); }
        if (TRows.Count > 4) { target += targetRow; init += initRow; L.Store(target, L.Add(L.Load(init), c4)); }
        if (TRows.Count > 5) { target += targetRow; init += initRow; L.Store(target, L.Add(L.Load(init), c5)); }
        if (TRows.Count > 6) { target += targetRow; init += initRow; L.Store(target, L.Add(L.Load(init), c6)); }
        if (TRows.Count > 7) { target += targetRow; init += initRow; L.Store(target, L.Add(L.Load(init), c7)); }
        if (TRows.Count > 8) { target += targetRow; init += initRow; L.Store(target, L.Add(L.Load(init), c8)); }
        if (TRows.Count > 9) { target += targetRow; init += initRow; L.Store(target, L.Add(L.Load(init), c9)); }
        if (TRows.Count > 10) { target += targetRow; init += initRow; L.Store(target, L.Add(L.Load(init), c10)); }
        if (TRows.Count > 11) { target += targetRow; init += initRow; L.Store(target, L.Add(L.Load(init), c11)); }
        if (TRows.Count > 12) { target += targetRow; init += initRow; L.Store(target, L.Add(L.Load(init), c12)); }
        if (TRows.Count > 13) { target += targetRow; init += initRow; L.Store(target, L.Add(L.Load(init), c13)); }
        if (TRows.Count > 14) { target += targetRow; init += initRow; L.Store(target, L.Add(L.Load(init), c14)); }
        if (TRows.Count > 15) { target += targetRow; init += initRow; L.Store(target, L.Add(L.Load(init), c15)); }
    }
}
