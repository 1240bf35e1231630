using System.Runtime.CompilerServices;
using LowBit.Kernels.IntegerKernels.Epilogues;
using LowBit.Kernels.Requantization;

namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>
/// From 16-bit sums of one panel to the views of a call. Views of few codes are counted from thresholds while sums are 16 bits wide; the others get 32-bit
/// sums and go the way of all families.
/// </summary>
internal static unsafe class BitplaneFinish<L, V, E>
    where L : struct, IBitLanes<V>
    where V : struct
    where E : struct, IEpilogueBody
{
    // Pixels that are widened at once.
    private const int WidePixels = 16;

    // The widest vector.
    private const int MostLanes = 64;

    /// <summary>Writes a panel of a run of pixels to everything the call asked for.</summary>
    /// <param name="arguments">The call.</param>
    /// <param name="sums">Sums <c>[pixel][output of the panel]</c>.</param>
    /// <param name="place">Where the panel lies; its tile and lanes are not looked at.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in IntegerConvArguments arguments, short* sums, in EpilogueTarget place)
    {
        Epilogue[]? views = arguments.Epilogues;
        int count = views is null ? 0 : views.Length;
        bool wide = arguments.Accumulators != null;
        for (int i = 0; i < count; i++)
        {
            if (IsCounted(views![i]))
            {
                Count(views[i], sums, place);
            }
            else
            {
                wide = true;
            }
        }

        if (!wide)
        {
            return;
        }

        int* tile = stackalloc int[WidePixels * MostLanes];
        for (int first = 0; first < place.Pixels; first += WidePixels)
        {
            int pixels = Math.Min(WidePixels, place.Pixels - first);
            for (nint i = 0; i < (nint)pixels * L.Bytes; i++)
            {
                tile[i] = sums[((nint)first * L.Bytes) + i];
            }

            for (int lane = 0; lane < place.Valid; lane += E.Lanes)
            {
                var target = new EpilogueTarget(
                    tile + lane,
                    L.Bytes,
                    pixels,
                    Math.Min(E.Lanes, place.Valid - lane),
                    place.Channel + lane,
                    place.Channels,
                    place.At + ((long)first * place.Channels) + lane);
                target.StoreAccumulators(arguments);
                for (int i = 0; i < count; i++)
                {
                    if (!IsCounted(views![i]))
                    {
                        E.Run(target, views[i]);
                    }
                }
            }
        }
    }

    private static bool IsCounted(in Epilogue view) => view.Codes != null && view.Table.Thresholds > 0;

    // code = low + how many thresholds lie below the sum.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Count(in Epilogue view, short* sums, in EpilogueTarget place)
    {
        RequantizeTable table = view.Table;
        byte* edge = stackalloc byte[MostLanes];
        bool whole = place.Valid == L.Bytes;
        byte* to = view.Codes + place.At;

        // A panel may end behind the last channel: rows of thresholds have spare entries, and what is read of the next row is thrown away.
        byte* thresholds = (byte*)(table.Thresholds16 + place.Channel), from = (byte*)sums;
        nint row = table.ThresholdRow * sizeof(short);
        V start = L.Words((short)table.Low);
        V lower0 = L.Load(thresholds), upper0 = L.Load(thresholds + L.Bytes);
        for (int p = 0; p < place.Pixels; p++)
        {
            V lower = L.Load(from), upper = L.Load(from + L.Bytes);
            V x = L.CountAbove(start, lower, lower0), y = L.CountAbove(start, upper, upper0);
            byte* t = thresholds;
            for (int i = table.Thresholds; i > 1; i--)
            {
                t += row;
                x = L.CountAbove(x, lower, L.Load(t));
                y = L.CountAbove(y, upper, L.Load(t + L.Bytes));
            }

            V codes = L.PackWords(x, y);
            if (whole)
            {
                L.Store(codes, to);
            }
            else
            {
                L.Store(codes, edge);
                Unsafe.CopyBlockUnaligned(to, edge, (uint)place.Valid);
            }

            from += 2 * L.Bytes;
            to += place.Channels;
        }
    }
}
