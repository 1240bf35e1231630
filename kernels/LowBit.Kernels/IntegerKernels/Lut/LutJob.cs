using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels.Dot8;

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

    private readonly byte* _controls;
    private readonly nint _codeBytes;

    public LutJob(in IntegerConvArguments arguments, int vectorPixels, int tiles, int threads)
    {
        Arguments = arguments;
        Layout = new LutLayout(arguments.Shape, arguments.Weights.Proof);
        Partition = new LutPartition(arguments.Shape, Layout, vectorPixels, tiles);
        Scratch = new ScratchSlots(arguments.Scratch, Layout.Groups, SlotBytes(Layout, Partition), threads);
        long panels = (long)arguments.Shape.Groups * Partition.Panels;
        Corrections = arguments.Weights.Data + (panels * LutPanels.PanelBytes(Layout));
        _controls = Align(Corrections + (panels * LutPanels.CorrectionBytes));
        _codeBytes = (nint)CodeBytes(Layout, Partition);
        Layout.WriteOffsets(Partition.PlaneWidth, Scratch.Offsets);
    }

    /// <summary>Working memory of a chunk: codes of one input row, tables of all input rows.</summary>
    public static long SlotBytes(in LutLayout layout, in LutPartition partition) => CodeBytes(layout, partition) + (partition.InputRows * partition.RowBytes);

    /// <summary>The next cache line at or after an address.</summary>
    public static byte* Align(byte* p) => (byte*)(((nuint)p + 63) & ~(nuint)63);

    public Dot8Block Block(int chunk)
    {
        (int rest, int panelBlock) = Math.DivRem(chunk, Partition.PanelBlocks);
        (rest, int group) = Math.DivRem(rest, Arguments.Shape.Groups);
        (int image, int rowBlock) = Math.DivRem(rest, Partition.RowBlocks);
        int firstRow = rowBlock * Partition.BlockRows, firstPanel = panelBlock * Partition.PanelsPerChunk;
        return new Dot8Block(
            image,
            firstRow,
            Math.Min(Partition.BlockRows, Partition.OutRows - firstRow),
            group,
            firstPanel,
            Math.Min(firstPanel + Partition.PanelsPerChunk, Partition.Panels));
    }

    /// <summary>Index of a row's first output pixel among all output pixels.</summary>
    public long FirstPixel(in Dot8Block block, int row)
        => (((long)block.Image * Partition.OutRows) + block.FirstRow + row) * Partition.RowPixels;

    public int RowWidth(in Dot8Block block, int row)
        => Partition.IsFlat ? (int)Math.Min(Partition.RowPixels, Partition.Pixels - FirstPixel(block, row)) : Partition.RowPixels;

    public byte* Tables(byte* memory) => memory + _codeBytes;

    /// <summary>Makes tables of the input rows that the output rows from <paramref name="first"/> to <paramref name="end"/> are the first to need.</summary>
    public void Prepare<L, V>(in Dot8Block block, int first, int end, byte* memory)
        where L : struct, ILutLanes<V>
        where V : struct
    {
        ConvShape s = Arguments.Shape;
        int stride = Partition.IsFlat ? 1 : s.Stride;
        int have = first == 0 ? 0 : ((first - 1) * stride) + s.KernelHeight;
        for (int r = have; r < ((end - 1) * stride) + s.KernelHeight; r++)
        {
            // With a stride above the kernel height some rows are never looked at.
            if (r % stride < s.KernelHeight)
            {
                CopyRow(block, r, memory);
                MakeTables<L, V>(memory, Tables(memory) + (r * Partition.RowBytes));
            }
        }
    }

    private static long CodeBytes(in LutLayout layout, in LutPartition partition) => (((long)layout.Phases * partition.PlaneWidth * layout.PaddedChannels) + 63) & -64;

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
                if (Layout.IsBipolar)
                {
                    LutTables<L, V>.Bits(from, channels, width, steps, _controls, to, step);
                }
                else if (Layout.IsTernary)
                {
                    LutTables<L, V>.Ternary(from, channels, width, steps, _controls, to, step, plane);
                }
                else
                {
                    for (int i = 0; i < steps; i++)
                    {
                        LutTables<L, V>.Pairs(from, channels, width, i, _controls, to + (i * step), plane);
                    }
                }

                from += 16;
                to += 4 * step;
            }
        }
    }

    // Codes of one input row as [phase][position][padded channels], 0 where there is no channel.
    private void CopyRow(in Dot8Block block, int row, byte* codes)
    {
        ConvShape s = Arguments.Shape;
        int channels = Layout.PaddedChannels, positions = Partition.PlaneWidth;
        if (Partition.IsFlat)
        {
            byte* pixels = Arguments.Input + (FirstPixel(block, row) * s.InChannels) + (block.Group * s.GroupInChannels);
            CopyPixels(pixels, s.InChannels, RowWidth(block, row), codes);
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
            // Position i of this phase is input column i·stride + phase − padding.
            int first = Math.Min(Math.Max((s.Padding - phase + s.Stride - 1) / s.Stride, 0), positions);
            int end = Math.Clamp((s.Width + s.Padding - phase + s.Stride - 1) / s.Stride, first, positions);
            byte* pixels = source + (((long)(first * s.Stride) + phase - s.Padding) * s.InChannels);
            CopyPixels(pixels, s.Stride * s.InChannels, end - first, codes + (first * channels));
            FillPixels(codes, first);
            FillPixels(codes + (end * channels), positions - end);
            codes += positions * channels;
        }
    }

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
