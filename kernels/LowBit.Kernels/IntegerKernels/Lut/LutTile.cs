using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// The inner loop: a tile of neighbouring pixels times panels of sixteen outputs, written once for all sizes; conditions on type arguments are constants.
/// Each accumulator is a named local of bytes. As often as its bytes may be full they are added to two vectors in memory: whole, as words, to one and the high
/// bytes to the other; the low bytes' sum is their difference modulo 2^16. In registers those sums would cost more than they do in L1.
/// </summary>
/// <typeparam name="L">Vector operations.</typeparam>
/// <typeparam name="V">A vector.</typeparam>
/// <typeparam name="P">Vectors of pixels, at most four.</typeparam>
/// <typeparam name="R">Panels, at most four.</typeparam>
internal static unsafe class LutTile<L, V, P, R>
    where L : struct, ILutLanes<V>
    where V : struct
    where P : struct, ILutSize
    where R : struct, ILutSize
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Run(LutTileArguments* arguments)
    {
        nint* offsets = arguments->Offsets;
        byte* tables = arguments->Tables, indices = arguments->Indices;
        nint panel = arguments->PanelBytes, left = arguments->Groups, most = arguments->FlushGroups;
        int vector = L.Pixels * LutLayout.TableBytes;
        V zero = L.Zero;
        while (left > 0)
        {
            V c0 = zero, c1 = zero, c2 = zero, c3 = zero, c4 = zero, c5 = zero, c6 = zero, c7 = zero;
            V c8 = zero, c9 = zero, c10 = zero, c11 = zero, c12 = zero, c13 = zero, c14 = zero, c15 = zero;
            nint groups = left < most ? left : most;
            left -= groups;
            for (; groups > 0; groups--)
            {
                byte* t = tables + *offsets;
                V i0 = L.Broadcast16(indices);
                V i1 = R.Count > 1 ? L.Broadcast16(indices + panel) : i0;
                V i2 = R.Count > 2 ? L.Broadcast16(indices + (2 * panel)) : i0;
                V i3 = R.Count > 3 ? L.Broadcast16(indices + (3 * panel)) : i0;
                V a = L.Load(t);
                c0 = L.LookUp(c0, a, i0);
                c1 = R.Count > 1 ? L.LookUp(c1, a, i1) : c1;
                c2 = R.Count > 2 ? L.LookUp(c2, a, i2) : c2;
                c3 = R.Count > 3 ? L.LookUp(c3, a, i3) : c3;

                if (P.Count > 1)
                {
                    a = L.Load(t + vector);
                    c4 = L.LookUp(c4, a, i0);
                    c5 = R.Count > 1 ? L.LookUp(c5, a, i1) : c5;
                    c6 = R.Count > 2 ? L.LookUp(c6, a, i2) : c6;
                    c7 = R.Count > 3 ? L.LookUp(c7, a, i3) : c7;
                }

                if (P.Count > 2)
                {
                    a = L.Load(t + (2 * vector));
                    c8 = L.LookUp(c8, a, i0);
                    c9 = R.Count > 1 ? L.LookUp(c9, a, i1) : c9;
                    c10 = R.Count > 2 ? L.LookUp(c10, a, i2) : c10;
                    c11 = R.Count > 3 ? L.LookUp(c11, a, i3) : c11;
                }

                if (P.Count > 3)
                {
                    a = L.Load(t + (3 * vector));
                    c12 = L.LookUp(c12, a, i0);
                    c13 = R.Count > 1 ? L.LookUp(c13, a, i1) : c13;
                    c14 = R.Count > 2 ? L.LookUp(c14, a, i2) : c14;
                    c15 = R.Count > 3 ? L.LookUp(c15, a, i3) : c15;
                }

                offsets++;
                indices += LutPanels.Outputs;
            }

            L.Widen(c0, arguments->Sums0);

            if (P.Count > 1)
            {
                L.Widen(c4, arguments->Sums0 + (2 * vector));
            }

            if (P.Count > 2)
            {
                L.Widen(c8, arguments->Sums0 + (4 * vector));
            }

            if (P.Count > 3)
            {
                L.Widen(c12, arguments->Sums0 + (6 * vector));
            }

            if (R.Count > 1)
            {
                L.Widen(c1, arguments->Sums1);
            }

            if (P.Count > 1 && R.Count > 1)
            {
                L.Widen(c5, arguments->Sums1 + (2 * vector));
            }

            if (P.Count > 2 && R.Count > 1)
            {
                L.Widen(c9, arguments->Sums1 + (4 * vector));
            }

            if (P.Count > 3 && R.Count > 1)
            {
                L.Widen(c13, arguments->Sums1 + (6 * vector));
            }

            if (R.Count > 2)
            {
                L.Widen(c2, arguments->Sums2);
            }

            if (P.Count > 1 && R.Count > 2)
            {
                L.Widen(c6, arguments->Sums2 + (2 * vector));
            }

            if (P.Count > 2 && R.Count > 2)
            {
                L.Widen(c10, arguments->Sums2 + (4 * vector));
            }

            if (P.Count > 3 && R.Count > 2)
            {
                L.Widen(c14, arguments->Sums2 + (6 * vector));
            }

            if (R.Count > 3)
            {
                L.Widen(c3, arguments->Sums3);
            }

            if (P.Count > 1 && R.Count > 3)
            {
                L.Widen(c7, arguments->Sums3 + (2 * vector));
            }

            if (P.Count > 2 && R.Count > 3)
            {
                L.Widen(c11, arguments->Sums3 + (4 * vector));
            }

            if (P.Count > 3 && R.Count > 3)
            {
                L.Widen(c15, arguments->Sums3 + (6 * vector));
            }
        }
    }
}
