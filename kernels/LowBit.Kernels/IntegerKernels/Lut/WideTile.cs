using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// The inner loop of the wide form: a vector is the outputs of one pixel, whose table, a constant, comes by a broadcast load. Nothing is made for a pixel but the
/// numbers of its tables, and no pixel is computed that does not exist. Otherwise as <see cref="LutTile{L, V, P, R}"/>.
/// </summary>
/// <typeparam name="L">Vector operations.</typeparam>
/// <typeparam name="V">A vector.</typeparam>
/// <typeparam name="P">Pixels, at most eight, or five with three panels.</typeparam>
/// <typeparam name="R">Panels, one to three.</typeparam>
internal static unsafe class WideTile<L, V, P, R>
    where L : struct, ILutLanes<V>
    where V : struct
    where P : struct, ILutSize
    where R : struct, ILutSize
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Run(LutTileArguments* arguments)
    {
        nint* offsets = arguments->Offsets;
        byte* numbers = arguments->Tables, tables = arguments->Constants, indices = arguments->Indices;
        nint panel = arguments->PanelBytes, pixel = arguments->PixelBytes, left = arguments->Groups, most = arguments->FlushGroups;
        nint third = 3 * pixel, fourth = 4 * pixel;
        int vector = L.Pixels * LutLayout.TableBytes;
        V zero = L.Zero;
        while (left > 0)
        {
            V c0 = zero, c1 = zero, c2 = zero, c3 = zero, c4 = zero, c5 = zero, c6 = zero, c7 = zero;
            V d0 = zero, d1 = zero, d2 = zero, d3 = zero, d4 = zero, d5 = zero, d6 = zero, d7 = zero;
            V e0 = zero, e1 = zero, e2 = zero, e3 = zero, e4 = zero;
            nint groups = left < most ? left : most;
            left -= groups;
            for (; groups > 0; groups--)
            {
                byte* n = numbers + *offsets;
                V i0 = L.Load(indices);
                V i1 = R.Count > 1 ? L.Load(indices + panel) : i0;
                V i2 = R.Count > 2 ? L.Load(indices + (2 * panel)) : i0;
                V a = L.Broadcast16(tables + *(ushort*)n);
                c0 = L.LookUp(c0, a, i0);
                d0 = R.Count > 1 ? L.LookUp(d0, a, i1) : d0;
                e0 = R.Count > 2 ? L.LookUp(e0, a, i2) : e0;
                if (P.Count > 1)
                {
                    a = L.Broadcast16(tables + *(ushort*)(n + pixel));
                    c1 = L.LookUp(c1, a, i0);
                    d1 = R.Count > 1 ? L.LookUp(d1, a, i1) : d1;
                    e1 = R.Count > 2 ? L.LookUp(e1, a, i2) : e1;
                }
                if (P.Count > 2)
                {
                    a = L.Broadcast16(tables + *(ushort*)(n + (2 * pixel)));
                    c2 = L.LookUp(c2, a, i0);
                    d2 = R.Count > 1 ? L.LookUp(d2, a, i1) : d2;
                    e2 = R.Count > 2 ? L.LookUp(e2, a, i2) : e2;
                }
                if (P.Count > 3)
                {
                    a = L.Broadcast16(tables + *(ushort*)(n + third));
                    c3 = L.LookUp(c3, a, i0);
                    d3 = R.Count > 1 ? L.LookUp(d3, a, i1) : d3;
                    e3 = R.Count > 2 ? L.LookUp(e3, a, i2) : e3;
                }
                if (P.Count > 4)
                {
                    n += fourth;
                    a = L.Broadcast16(tables + *(ushort*)n);
                    c4 = L.LookUp(c4, a, i0);
                    d4 = R.Count > 1 ? L.LookUp(d4, a, i1) : d4;
                    e4 = R.Count > 2 ? L.LookUp(e4, a, i2) : e4;
                }
                if (P.Count > 5)
                {
                    a = L.Broadcast16(tables + *(ushort*)(n + pixel));
                    c5 = L.LookUp(c5, a, i0);
                    d5 = R.Count > 1 ? L.LookUp(d5, a, i1) : d5;
                }
                if (P.Count > 6)
                {
                    a = L.Broadcast16(tables + *(ushort*)(n + (2 * pixel)));
                    c6 = L.LookUp(c6, a, i0);
                    d6 = R.Count > 1 ? L.LookUp(d6, a, i1) : d6;
                }
                if (P.Count > 7)
                {
                    a = L.Broadcast16(tables + *(ushort*)(n + third));
                    c7 = L.LookUp(c7, a, i0);
                    d7 = R.Count > 1 ? L.LookUp(d7, a, i1) : d7;
                }

                offsets++;
                indices += vector;
            }

            L.Widen(c0, arguments->Sums0);
            if (P.Count > 1)
            {
                L.Widen(c1, arguments->Sums0 + (2 * vector));
            }
            if (P.Count > 2)
            {
                L.Widen(c2, arguments->Sums0 + (4 * vector));
            }
            if (P.Count > 3)
            {
                L.Widen(c3, arguments->Sums0 + (6 * vector));
            }
            if (P.Count > 4)
            {
                L.Widen(c4, arguments->Sums0 + (8 * vector));
            }
            if (P.Count > 5)
            {
                L.Widen(c5, arguments->Sums0 + (10 * vector));
            }
            if (P.Count > 6)
            {
                L.Widen(c6, arguments->Sums0 + (12 * vector));
            }
            if (P.Count > 7)
            {
                L.Widen(c7, arguments->Sums0 + (14 * vector));
            }
            if (R.Count > 1)
            {
                L.Widen(d0, arguments->Sums1);
            }
            if (P.Count > 1 && R.Count > 1)
            {
                L.Widen(d1, arguments->Sums1 + (2 * vector));
            }
            if (P.Count > 2 && R.Count > 1)
            {
                L.Widen(d2, arguments->Sums1 + (4 * vector));
            }
            if (P.Count > 3 && R.Count > 1)
            {
                L.Widen(d3, arguments->Sums1 + (6 * vector));
            }
            if (P.Count > 4 && R.Count > 1)
            {
                L.Widen(d4, arguments->Sums1 + (8 * vector));
            }
            if (P.Count > 5 && R.Count > 1)
            {
                L.Widen(d5, arguments->Sums1 + (10 * vector));
            }
            if (P.Count > 6 && R.Count > 1)
            {
                L.Widen(d6, arguments->Sums1 + (12 * vector));
            }
            if (P.Count > 7 && R.Count > 1)
            {
                L.Widen(d7, arguments->Sums1 + (14 * vector));
            }
            if (R.Count > 2)
            {
                L.Widen(e0, arguments->Sums2);
            }
            if (P.Count > 1 && R.Count > 2)
            {
                L.Widen(e1, arguments->Sums2 + (2 * vector));
            }
            if (P.Count > 2 && R.Count > 2)
            {
                L.Widen(e2, arguments->Sums2 + (4 * vector));
            }
            if (P.Count > 3 && R.Count > 2)
            {
                L.Widen(e3, arguments->Sums2 + (6 * vector));
            }
            if (P.Count > 4 && R.Count > 2)
            {
                L.Widen(e4, arguments->Sums2 + (8 * vector));
            }
        }
    }
}
