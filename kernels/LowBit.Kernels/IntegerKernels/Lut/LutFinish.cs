using System.Runtime.CompilerServices;
using LowBit.Kernels.IntegerKernels.Epilogues;
using LowBit.Kernels.Requantization;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// From 16-bit sums of one panel to the views of a call. Views of few codes are counted from thresholds while sums are 16 bits wide; the others get 32-bit
/// sums and go the way of all families.
/// </summary>
internal static unsafe class LutFinish<L, V, E>
    where L : struct, ILutLanes<V>
    where V : struct
    where E : struct, IEpilogueBody
{
    // Pixels of the largest tile: eight vectors of four.
    private const int MostPixels = 32;

    private static int Bytes => L.Pixels * LutLayout.TableBytes;

    /// <summary>Writes a panel of a tile to everything the call asked for.</summary>
    /// <param name="arguments">The call.</param>
    /// <param name="sums">Sums <c>[vector][half of the panel's outputs][pixel][8]</c>.</param>
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

        int* tile = stackalloc int[MostPixels * LutPanels.Outputs];
        Widen(sums, place.Pixels, tile);
        for (int lane = 0; lane < place.Valid; lane += E.Lanes)
        {
            var target = new EpilogueTarget(
                tile + lane, LutPanels.Outputs, place.Pixels, Math.Min(E.Lanes, place.Valid - lane), place.Channel + lane, place.Channels, place.At + lane);
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

    private static bool IsCounted(in Epilogue view) => view.Codes != null && view.Table.Thresholds > 0;

    private static void Widen(short* sums, int pixels, int* tile)
    {
        for (int p = 0; p < pixels; p++)
        {
            short* first = sums + ((nint)(p / L.Pixels) * Bytes) + (p % L.Pixels * 8);
            for (int i = 0; i < 8; i++)
            {
                tile[i] = first[i];
                tile[8 + i] = first[(Bytes / 2) + i];
            }

            tile += LutPanels.Outputs;
        }
    }

    // code = low + how many thresholds lie below the sum.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Count(in Epilogue view, short* sums, in EpilogueTarget place)
    {
        RequantizeTable table = view.Table;
        byte* edge = stackalloc byte[MostPixels * LutPanels.Outputs];
        bool whole = place.Valid == LutPanels.Outputs && place.Pixels % L.Pixels == 0;
        byte* to = whole ? view.Codes + place.At : edge;
        nint stride = whole ? place.Channels : LutPanels.Outputs;
        byte* thresholds = (byte*)(table.Thresholds16 + place.Channel);
        nint row = table.ThresholdRow * sizeof(short);
        V start = L.Words((short)table.Low);
        V a0 = L.Broadcast16(thresholds), b0 = L.Broadcast16(thresholds + 16);
        byte* from = (byte*)sums;
        for (int p = 0; p < place.Pixels; p += L.Pixels)
        {
            V low = L.Load(from), high = L.Load(from + Bytes);
            V x = L.CountAbove(start, low, a0), y = L.CountAbove(start, high, b0);
            byte* t = thresholds;
            for (int i = table.Thresholds; i > 1; i--)
            {
                t += row;
                x = L.CountAbove(x, low, L.Broadcast16(t));
                y = L.CountAbove(y, high, L.Broadcast16(t + 16));
            }

            L.StoreGroups(L.PackWords(x, y), to, stride);
            from += 2 * Bytes;
            to += L.Pixels * stride;
        }

        if (!whole)
        {
            byte* y = view.Codes + place.At;
            for (int p = 0; p < place.Pixels; p++)
            {
                new ReadOnlySpan<byte>(edge + (p * LutPanels.Outputs), place.Valid).CopyTo(new Span<byte>(y, place.Valid));
                y += place.Channels;
            }
        }
    }
}
