using System.Runtime.CompilerServices;
using LowBit.Kernels.IntegerKernels.Epilogues;
using LowBit.Kernels.Requantization;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// From 16-bit sums of one panel to the views of a call. Views of few codes are counted from thresholds while sums are 16 bits wide; the others get 32-bit
/// sums and go the way of all families.
/// </summary>
internal static unsafe class LutFinish<L, V, E, F>
    where L : struct, ILutLanes<V>
    where V : struct
    where E : struct, IEpilogueBody
    where F : struct, ILutForm
{
    // Whole vectors.
    private const int MostPixels = 32;
    private const int MostGroups = MostPixels * MostOutputs / LutPanels.Outputs;
    private const int MostThresholds = 15;
    private const int MostOutputs = 64;

    private static int Bytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => L.Pixels * LutLayout.TableBytes;
    }

    private static int Outputs
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => LutBodies<L, V, F>.PanelOutputs;
    }

    /// <summary>Writes neighbouring pixels of a panel to everything the call asked for.</summary>
    /// <param name="job">The call.</param>
    /// <param name="block">The chunk.</param>
    /// <param name="panel">The panel, of the chunk's channel group.</param>
    /// <param name="pixel">The first pixel among all output pixels.</param>
    /// <param name="pixels">Pixels.</param>
    /// <param name="sums">Their sums: see <see cref="LutSums{L, V}"/>.</param>
    public static void Run(in LutJob job, in ConvBlock block, int panel, long pixel, int pixels, byte* sums)
    {
        int channels = job.Arguments.Shape.OutChannels, output = panel * Outputs, channel = (block.Group * job.GroupOutputs) + output, valid = Math.Min(Outputs, job.GroupOutputs - output);
        short* corrections = (short*)job.Corrections + ((((nint)block.Group * job.Partition.Chunks.Panels) + panel) * Outputs);
        while (pixels > 0)
        {
            int count = Math.Min(pixels, MostPixels);
            Run(job.Arguments, sums, corrections, new EpilogueTarget(null, 0, count, valid, channel, channels, (pixel * channels) + channel));
            pixels -= count;
            pixel += count;
            sums += MostPixels / (F.IsWide ? 1 : L.Pixels) * LutSums<L, V>.Bytes;
        }
    }

    // Neither tile nor lanes of the target are looked at.
    private static void Run(in IntegerConvArguments arguments, byte* sums, short* corrections, in EpilogueTarget place)
    {
        Epilogue[]? views = arguments.Epilogues;
        int count = views is null ? 0 : views.Length;
        bool wide = arguments.Accumulators != null;
        for (int i = 0; i < count; i++)
        {
            if (IsCounted(views![i]))
            {
                Count(views[i], sums, corrections, place);
            }
            else
            {
                wide = true;
            }
        }

        if (wide)
        {
            FinishWidened(arguments, sums, corrections, place);
        }
    }

    private static bool IsCounted(in Epilogue view) => view.Codes != null && view.Table.Thresholds > 0;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void FinishWidened(in IntegerConvArguments arguments, byte* sums, short* corrections, in EpilogueTarget place)
    {
        int* tile = stackalloc int[MostGroups * LutPanels.Outputs];
        Widen((short*)sums, corrections, F.IsWide ? place.Pixels : (place.Pixels + L.Pixels - 1) / L.Pixels, tile);
        Epilogue[]? views = arguments.Epilogues;
        for (int lane = 0; lane < place.Valid; lane += E.Lanes)
        {
            var target = new EpilogueTarget(
                tile + lane, Outputs, place.Pixels, Math.Min(E.Lanes, place.Valid - lane), place.Channel + lane, place.Channels, place.At + lane);
            target.StoreAccumulators(arguments);
            for (int i = 0; views is not null && i < views.Length; i++)
            {
                if (!IsCounted(views[i]))
                {
                    E.Run(target, views[i]);
                }
            }
        }
    }

    // 32-bit sums [vector][group of 16 bytes][16], which is [pixel][output] in both forms.
    private static void Widen(short* sums, short* corrections, int vectors, int* tile)
    {
        for (; vectors > 0; vectors--)
        {
            for (int group = 0; group < L.Pixels; group++)
            {
                short* whole = sums + (group * 8), high = whole + (Bytes / 2), correct = corrections + (F.IsWide ? group * LutPanels.Outputs : 0);
                for (int i = 0; i < 8; i++)
                {
                    tile[i] = (short)(whole[i] - (high[i] << 8) - correct[i]);
                    tile[8 + i] = (short)(high[i] - correct[8 + i]);
                }

                tile += LutPanels.Outputs;
            }

            sums += Bytes;
        }
    }

    private static void Count(in Epilogue view, byte* sums, short* corrections, in EpilogueTarget place)
    {
        RequantizeTable table = view.Table;
        if (place.Valid == Outputs && (F.IsWide || place.Pixels % L.Pixels == 0))
        {
            Count(new LutThresholds(table.Thresholds16 + place.Channel, table.ThresholdRow, table.Thresholds, (short)table.Low), sums, corrections, place.Pixels, view.Codes + place.At, place.Channels);
        }
        else
        {
            CountEdge(table, sums, corrections, place, view.Codes + place.At);
        }
    }

    // Pixels or outputs that do not exist are counted beside the result; their thresholds are not read.
    [SkipLocalsInit]
    private static void CountEdge(RequantizeTable table, byte* sums, short* corrections, in EpilogueTarget place, byte* codes)
    {
        byte* edge = stackalloc byte[MostGroups * LutPanels.Outputs];
        short* rows = stackalloc short[MostThresholds * MostOutputs];
        for (int i = 0; i < table.Thresholds; i++)
        {
            new ReadOnlySpan<short>(table.Thresholds16 + place.Channel + (i * table.ThresholdRow), place.Valid).CopyTo(new Span<short>(rows + (i * MostOutputs), MostOutputs));
        }

        Count(new LutThresholds(rows, MostOutputs, table.Thresholds, (short)table.Low), sums, corrections, place.Pixels, edge, Outputs);
        for (int p = 0; p < place.Pixels; p++)
        {
            new ReadOnlySpan<byte>(edge + (p * Outputs), place.Valid).CopyTo(new Span<byte>(codes, place.Valid));
            codes += place.Channels;
        }
    }

    // code = low + how many thresholds lie below the sum.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Count(in LutThresholds thresholds, byte* sums, short* corrections, int pixels, byte* to, nint stride)
    {
        int step = F.IsWide ? 1 : L.Pixels, count = thresholds.Count;
        nint row = thresholds.Row, next = step * stride, within = F.IsWide ? LutPanels.Outputs : stride;
        short* rows = thresholds.First;
        V start = L.Words(thresholds.Low), correctLow = Low(corrections), correctHigh = High(corrections), a0 = Low(rows), b0 = High(rows);
        if (count == 1)
        {
            for (; pixels > 0; pixels -= step)
            {
                V high = L.Load(sums + Bytes), low = L.SubtractWords(L.SubtractWords(L.Load(sums), L.ShiftLeft8(high)), correctLow);
                high = L.SubtractWords(high, correctHigh);
                L.StoreGroups(L.PackWords(L.CountAbove(start, low, a0), L.CountAbove(start, high, b0)), to, within);
                sums += 2 * Bytes;
                to += next;
            }

            return;
        }

        // Two thresholds are three, of which no sum is above the last.
        V a1 = Low(rows + row), b1 = High(rows + row), a2 = L.Words(short.MaxValue), b2 = a2;
        if (count > 2)
        {
            a2 = Low(rows + (2 * row));
            b2 = High(rows + (2 * row));
        }

        for (; pixels > 0; pixels -= step)
        {
            V high = L.Load(sums + Bytes), low = L.SubtractWords(L.SubtractWords(L.Load(sums), L.ShiftLeft8(high)), correctLow);
            high = L.SubtractWords(high, correctHigh);
            V x = L.CountAbove(L.CountAbove(L.CountAbove(start, low, a0), low, a1), low, a2);
            V y = L.CountAbove(L.CountAbove(L.CountAbove(start, high, b0), high, b1), high, b2);
            for (int done = 3; done < count; done++)
            {
                x = L.CountAbove(x, low, Low(rows + (done * row)));
                y = L.CountAbove(y, high, High(rows + (done * row)));
            }

            L.StoreGroups(L.PackWords(x, y), to, within);
            sums += 2 * Bytes;
            to += next;
        }
    }

    // The numbers of each group's first eight outputs, of sixteen in a row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Low(short* row) => F.IsWide ? L.LoadGroups((byte*)row, LutPanels.CorrectionBytes) : L.Broadcast16((byte*)row);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V High(short* row) => Low(row + 8);
}
