using LowBit.Kernels.Devices;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>Everything the chunks of one call share.</summary>
internal readonly unsafe struct LutJob
{
    public readonly IntegerConvArguments Arguments;
    public readonly LutLayout Layout;
    public readonly LutPartition Partition;
    public readonly ScratchSlots Scratch;

    /// <summary>Corrections of all panels.</summary>
    public readonly byte* Corrections;

    /// <summary>What tables are made with, or constant tables.</summary>
    public readonly byte* Controls;

    /// <summary>Groups that are added in bytes.</summary>
    public readonly int RunGroups;

    /// <summary>Outputs of a channel group.</summary>
    public readonly int GroupOutputs;

    private readonly nint _codeBytes;

    public LutJob(in IntegerConvArguments arguments, bool isWide, in LutGrain grain, int threads)
    {
        Arguments = arguments;
        Layout = new LutLayout(arguments.Shape, arguments.Weights.Proof, isWide);
        Partition = new LutPartition(arguments.Shape, Layout, grain);
        Scratch = new ScratchSlots(arguments.Scratch, Layout.Groups, SlotBytes(Layout, Partition, grain), threads);
        long panels = (long)arguments.Shape.Groups * Partition.Chunks.Panels * (grain.PanelOutputs / LutPanels.Outputs);
        Corrections = arguments.Weights.Data + (panels * LutPanels.PanelBytes(Layout));
        Controls = Align(Corrections + (panels * LutPanels.CorrectionBytes));
        GroupOutputs = arguments.Shape.GroupOutChannels;
        _codeBytes = (nint)CodeBytes(Layout, Partition);
        RunGroups = *(int*)Controls;
        Controls += LutPanels.HeaderBytes;
        Layout.WriteOffsets(Partition.PlaneWidth, Partition.IsRolling ? 1 : Partition.KernelRows, Scratch.Offsets);
    }

    /// <summary>Working memory of a chunk: codes of one input row, tables of input rows, sums that are kept from row to row.</summary>
    public static long SlotBytes(in LutLayout layout, in LutPartition partition, in LutGrain grain)
        => CodeBytes(layout, partition) + Align64(partition.TableRows * partition.RowBytes) + ((long)partition.RollingVectors * grain.SumBytes);

    /// <summary>The next cache line at or after an address.</summary>
    public static byte* Align(byte* p) => (byte*)(((nuint)p + 63) & ~(nuint)63);

    public byte* Tables(byte* memory) => memory + _codeBytes;

    /// <summary>Sums kept from row to row: <c>[kernel row][panel of the chunk][vector]</c>.</summary>
    public byte* RollingSums(byte* memory) => Tables(memory) + Align64(Partition.TableRows * Partition.RowBytes);

    /// <summary>Makes tables of the input rows that the output rows from <paramref name="first"/> to <paramref name="end"/> are the first to need.</summary>
    public void Prepare<L, V>(in ConvBlock block, int first, int end, byte* memory)
        where L : struct, ILutLanes<V>
        where V : struct
    {
        ConvShape s = Arguments.Shape;
        int stride = Partition.Chunks.IsFlat ? 1 : s.Stride;
        int have = first == 0 ? 0 : ((first - 1) * stride) + s.KernelHeight;
        for (int r = have; r < ((end - 1) * stride) + s.KernelHeight; r++)
        {
            // With a stride above the kernel height some rows are never looked at.
            if (r % stride < s.KernelHeight)
            {
                MakeRow<L, V>(block, r, memory, Tables(memory) + (r * Partition.RowBytes));
            }
        }
    }

    /// <summary>Makes tables of one input row, or their numbers.</summary>
    public void MakeRow<L, V>(in ConvBlock block, int row, byte* memory, byte* tables)
        where L : struct, ILutLanes<V>
        where V : struct
    {
        if (Layout.IsWide)
        {
            CopyRow(block, row, tables, true);
            WideTables<L, V>.Number(Layout, tables, Partition.RowBytes);
        }
        else
        {
            // Borders outlast the rows that are copied between them.
            CopyRow(block, row, memory, row == 0);
            MakeTables<L, V>(memory, tables);
        }
    }

    private static long CodeBytes(in LutLayout layout, in LutPartition partition) => layout.IsWide ? 0 : Align64((long)layout.Phases * partition.PlaneWidth * layout.PaddedChannels);

    private static long Align64(long bytes) => (bytes + 63) & -64;

    private void MakeTables<L, V>(byte* codes, byte* tables)
        where L : struct, ILutLanes<V>
        where V : struct
    {
        int width = Partition.PlaneWidth, channels = Layout.PaddedChannels;
        nint plane = (nint)width * LutLayout.TableBytes, step = plane * Layout.Phases * Layout.Parts;
        for (int phase = 0; phase < Layout.Phases; phase++)
        {
            byte* from = codes + ((nint)phase * width * channels), to = tables + (Layout.Plane(phase, 0, 0) * plane);
            for (int first = 0; first < Layout.ChannelSteps; first += 4)
            {
                int steps = Math.Min(4, Layout.ChannelSteps - first);
                if (Layout.IsBinary)
                {
                    LutTables<L, V>.Matches(from, channels, width, steps, Controls, to, step);
                }
                else if (Layout.IsBipolar)
                {
                    LutTables<L, V>.Bits(from, channels, width, steps, Controls, to, step);
                }
                else if (Layout.IsTernary)
                {
                    LutTables<L, V>.Ternary(from, channels, width, steps, Controls, to, step, plane);
                }
                else
                {
                    LutTables<L, V>.Pairs(from, channels, width, steps, Controls, to, step, plane);
                }

                from += 16;
                to += 4 * step;
            }
        }
    }

    // Codes of one input row as [phase][position][padded channels], 0 where there is no channel.
    private void CopyRow(in ConvBlock block, int row, byte* codes, bool withBorders)
    {
        ConvShape s = Arguments.Shape;
        int channels = Layout.PaddedChannels, positions = Partition.PlaneWidth;
        if (Partition.Chunks.IsFlat)
        {
            byte* pixels = Arguments.Input + (Partition.Chunks.FirstPixel(block, row) * s.InChannels) + (block.Group * s.GroupInChannels);
            CopyPixels(pixels, s.InChannels, Partition.Chunks.RowWidth(block, row), codes);
            return;
        }

        int y = (block.FirstRow * s.Stride) + row - s.Padding;
        if ((uint)y >= (uint)s.Height)
        {
            FillPixels(codes, Layout.Phases * positions);
            return;
        }

        byte* source = Arguments.Input + (((((long)block.Image * s.Height) + y) * s.Width) * s.InChannels) + (block.Group * s.GroupInChannels);
        for (int phase = 0; phase < Layout.Phases; phase++)
        {
            // Position i of this phase is input column i·step + phase − padding.
            int step = Layout.ColumnStep, first = Math.Min(Math.Max(Columns(s.Padding - phase, step), 0), positions);
            int end = Math.Clamp(Columns(s.Width + s.Padding - phase, step), first, positions);
            byte* pixels = source + (((long)(first * step) + phase - s.Padding) * s.InChannels);
            CopyPixels(pixels, step * s.InChannels, end - first, codes + (first * channels));
            if (withBorders)
            {
                FillPixels(codes, first);
                FillPixels(codes + (end * channels), positions - end);
            }

            codes += positions * channels;
        }
    }

    // The first position at or after a column; most layers have no stride, and a division takes as long as copying a small row.
    private static int Columns(int column, int step) => step == 1 ? column : (column + step - 1) / step;

    private void CopyPixels(byte* source, int stride, int count, byte* codes)
    {
        int channels = Arguments.Shape.GroupInChannels, padded = Layout.PaddedChannels;
        if (stride == padded && channels == padded)
        {
            new ReadOnlySpan<byte>(source, count * padded).CopyTo(new Span<byte>(codes, count * padded));
            return;
        }

        for (; count > 0; count--)
        {
            new ReadOnlySpan<byte>(source, channels).CopyTo(new Span<byte>(codes, channels));
            new Span<byte>(codes + channels, padded - channels).Clear();
            source += stride;
            codes += padded;
        }
    }

    private void FillPixels(byte* codes, int count)
    {
        int channels = Arguments.Shape.GroupInChannels, padded = Layout.PaddedChannels;
        if (channels == padded)
        {
            new Span<byte>(codes, count * padded).Fill(Arguments.PaddingCode);
            return;
        }

        for (; count > 0; count--)
        {
            new Span<byte>(codes, channels).Fill(Arguments.PaddingCode);
            new Span<byte>(codes + channels, padded - channels).Clear();
            codes += padded;
        }
    }
}
