using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// The inner loop: a tile of neighbouring pixels times panels of sixteen outputs, written once for all sizes; conditions on type arguments are constants.
/// Each accumulator is three named locals: bytes, the words they are widened to, and the words of the high bytes. A byte sum is widened by adding it whole, as
/// words, to one and its high bytes to the other; the low bytes' sum is their difference modulo 2^16.
/// </summary>
/// <typeparam name="L">Vector operations.</typeparam>
/// <typeparam name="V">A vector.</typeparam>
/// <typeparam name="P">Vectors of pixels.</typeparam>
/// <typeparam name="R">Panels; at most eight accumulators in all.</typeparam>
internal static unsafe class LutTile<L, V, P, R>
    where L : struct, ILutLanes<V>
    where V : struct
    where P : struct, ILutSize
    where R : struct, ILutSize
{
    private static int Bytes => L.Pixels * LutLayout.TableBytes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Run(LutTileArguments* arguments)
    {
        V s0 = L.Zero, s1 = L.Zero, s2 = L.Zero, s3 = L.Zero, s4 = L.Zero, s5 = L.Zero, s6 = L.Zero, s7 = L.Zero;
        V h0 = L.Zero, h1 = L.Zero, h2 = L.Zero, h3 = L.Zero, h4 = L.Zero, h5 = L.Zero, h6 = L.Zero, h7 = L.Zero;
        nint* offsets = arguments->Offsets;
        byte* tables = arguments->Tables, indices = arguments->Indices;
        nint panel = arguments->PanelBytes, left = arguments->Groups, most = arguments->FlushGroups;
        while (left > 0)
        {
            V c0 = L.Zero, c1 = L.Zero, c2 = L.Zero, c3 = L.Zero, c4 = L.Zero, c5 = L.Zero, c6 = L.Zero, c7 = L.Zero;
            nint groups = left < most ? left : most;
            left -= groups;
            for (; groups > 0; groups--)
            {
                byte* t = tables + *offsets;
                V i0 = L.Broadcast16(indices);
                V i1 = R.Count > 1 ? L.Broadcast16(indices + panel) : i0;
                V i2 = R.Count > 2 ? L.Broadcast16(indices + (2 * panel)) : i0;
                V i3 = R.Count > 2 ? L.Broadcast16(indices + (3 * panel)) : i0;
                V a = L.Load(t);
                c0 = L.AddBytes(c0, L.Shuffle(a, i0));
                if (R.Count > 1)
                {
                    c1 = L.AddBytes(c1, L.Shuffle(a, i1));
                }

                if (R.Count > 2)
                {
                    c2 = L.AddBytes(c2, L.Shuffle(a, i2));
                    c3 = L.AddBytes(c3, L.Shuffle(a, i3));
                }

                if (P.Count > 1)
                {
                    a = L.Load(t + Bytes);
                    if (R.Count == 1)
                    {
                        c1 = L.AddBytes(c1, L.Shuffle(a, i0));
                    }

                    if (R.Count == 2)
                    {
                        c2 = L.AddBytes(c2, L.Shuffle(a, i0));
                        c3 = L.AddBytes(c3, L.Shuffle(a, i1));
                    }

                    if (R.Count == 4)
                    {
                        c4 = L.AddBytes(c4, L.Shuffle(a, i0));
                        c5 = L.AddBytes(c5, L.Shuffle(a, i1));
                        c6 = L.AddBytes(c6, L.Shuffle(a, i2));
                        c7 = L.AddBytes(c7, L.Shuffle(a, i3));
                    }
                }

                if (P.Count > 2 && R.Count == 1)
                {
                    c2 = L.AddBytes(c2, L.Shuffle(L.Load(t + (2 * Bytes)), i0));
                    c3 = L.AddBytes(c3, L.Shuffle(L.Load(t + (3 * Bytes)), i0));
                }

                if (P.Count > 2 && R.Count == 2)
                {
                    a = L.Load(t + (2 * Bytes));
                    c4 = L.AddBytes(c4, L.Shuffle(a, i0));
                    c5 = L.AddBytes(c5, L.Shuffle(a, i1));
                    a = L.Load(t + (3 * Bytes));
                    c6 = L.AddBytes(c6, L.Shuffle(a, i0));
                    c7 = L.AddBytes(c7, L.Shuffle(a, i1));
                }

                if (P.Count > 4)
                {
                    c4 = L.AddBytes(c4, L.Shuffle(L.Load(t + (4 * Bytes)), i0));
                    c5 = L.AddBytes(c5, L.Shuffle(L.Load(t + (5 * Bytes)), i0));
                    c6 = L.AddBytes(c6, L.Shuffle(L.Load(t + (6 * Bytes)), i0));
                    c7 = L.AddBytes(c7, L.Shuffle(L.Load(t + (7 * Bytes)), i0));
                }

                offsets++;
                indices += LutPanels.Outputs;
            }

            s0 = L.AddWords(s0, c0);
            h0 = L.AddWords(h0, L.HighBytes(c0));
            if (P.Count * R.Count > 1)
            {
                s1 = L.AddWords(s1, c1);
                h1 = L.AddWords(h1, L.HighBytes(c1));
            }

            if (P.Count * R.Count > 2)
            {
                s2 = L.AddWords(s2, c2);
                h2 = L.AddWords(h2, L.HighBytes(c2));
                s3 = L.AddWords(s3, c3);
                h3 = L.AddWords(h3, L.HighBytes(c3));
            }

            if (P.Count * R.Count > 4)
            {
                s4 = L.AddWords(s4, c4);
                h4 = L.AddWords(h4, L.HighBytes(c4));
                s5 = L.AddWords(s5, c5);
                h5 = L.AddWords(h5, L.HighBytes(c5));
                s6 = L.AddWords(s6, c6);
                h6 = L.AddWords(h6, L.HighBytes(c6));
                s7 = L.AddWords(s7, c7);
                h7 = L.AddWords(h7, L.HighBytes(c7));
            }
        }

        Finish(arguments, 0, s0, h0);
        if (P.Count * R.Count > 1)
        {
            Finish(arguments, 1, s1, h1);
        }

        if (P.Count * R.Count > 2)
        {
            Finish(arguments, 2, s2, h2);
            Finish(arguments, 3, s3, h3);
        }

        if (P.Count * R.Count > 4)
        {
            Finish(arguments, 4, s4, h4);
            Finish(arguments, 5, s5, h5);
            Finish(arguments, 6, s6, h6);
            Finish(arguments, 7, s7, h7);
        }
    }

    // Accumulator i belongs to vector i / R and panel i % R.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(LutTileArguments* arguments, int i, V whole, V high)
    {
        byte* corrections = arguments->Corrections + (i % R.Count * LutPanels.CorrectionBytes);
        byte* to = (byte*)arguments->Sums + (((i % R.Count * P.Count) + (i / R.Count)) * 2 * Bytes);
        V low = L.SubtractWords(whole, L.ShiftLeft8(high));
        L.Store(L.SubtractWords(low, L.Broadcast16(corrections)), to);
        L.Store(L.SubtractWords(high, L.Broadcast16(corrections + (LutPanels.CorrectionBytes / 2))), to + Bytes);
    }
}
