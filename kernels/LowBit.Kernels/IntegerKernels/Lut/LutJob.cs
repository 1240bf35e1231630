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
    private readonly nint _codeBytes;

    public LutJob(in IntegerConvArguments arguments, int vectorPixels, int tiles, int threads)
    {
        Arguments = arguments;
        Layout = new LutLayout(arguments.Shape, arguments.Weights.Proof);
        Partition = new LutPartition(arguments.Shape, Layout, vectorPixels, tiles);
        Scratch = new ScratchSlots(arguments.Scratch, Layout.Groups + Layout.Taps, SlotBytes(Layout, Partition), threads);
        _codeBytes = (nint)CodeBytes(Layout, Partition);
        Layout.WriteOffsets(Partition.PlaneWidth, Scratch.Offsets);
    }

    /// <summary>Working memory of a chunk: codes of one input row, tables and code sums of all input rows, corrections of all output rows.</summary>
    public static long SlotBytes(in LutLayout layout, in LutPartition partition)
        => CodeBytes(layout, partition) + (partition.InputRows * partition.RowBytes) + ((long)partition.BlockRows * partition.CorrectionBytes);

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

    public byte* Corrections(byte* memory, int row)
        => Tables(memory) + (Partition.InputRows * Partition.RowBytes) + ((nint)row * Partition.CorrectionBytes);

    /// <summary>Makes tables of the input rows that the output rows from <paramref name="first"/> to <paramref name="end"/> are the first to need, and their corrections.</summary>
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

        int vectors = Partition.CorrectionBytes / (L.Pixels * LutLayout.TableBytes);
        for (int row = first; row < end; row++)
        {
            byte* rows = Tables(memory) + (row * stride * Partition.RowBytes);
            LutTables<L, V>.WindowSums(rows, Scratch.Offsets + Layout.Groups, Layout.Taps, vectors, Corrections(memory, row));
        }
    }

    private static long CodeBytes(in LutLayout layout, in LutPartition partition) => (((long)layout.Phases * partition.PlaneWidth * layout.PaddedChannels) + 63) & -64;

    private void MakeTables<L, V>(byte* codes, byte* tables)
        where L : struct, ILutLanes<V>
        where V : struct
    {
        int width = Partition.PlaneWidth, channels = Layout.PaddedChannels, blocks = channels / 16;
        nint plane = (nint)width * LutLayout.TableBytes, step = plane * Layout.Phases * Layout.Parts;
        byte* weights = Arguments.Weights.Data + (Arguments.Shape.Groups * Partition.Panels * LutPanels.PanelBytes(Layout));
        for (int phase = 0; phase < Layout.Phases; phase++)
        {
            byte* from = codes + ((nint)phase * width * channels), to = tables + (Layout.Plane(phase, 0, 0) * plane);
            LutTables<L, V>.CodeSums(from, blocks, width, weights, tables + ((Layout.Planes + phase) * plane));
            for (int block = 0; block < blocks; block++)
            {
                int steps = Math.Min(4, Layout.ChannelSteps - (4 * block));
                if (Layout.IsBipolar)
                {
                    LutTables<L, V>.Bits(from, channels, width, steps, to, step);
                }
                else
                {
                    LutTables<L, V>.Pairs(from, channels, width, steps, to, step, plane);
                }

                from += 16;
                to += 4 * step;
            }
        }
    }

    // Codes of one input row as [phase][position][padded channels]. Bytes of channels that do not exist meet indices of zero: any value does.
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
            new Span<byte>(codes, Layout.Phases * positions * channels).Fill(Arguments.PaddingCode);
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
            new Span<byte>(codes, first * channels).Fill(Arguments.PaddingCode);
            new Span<byte>(codes + (end * channels), (positions - end) * channels).Fill(Arguments.PaddingCode);
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
            source += stride;
            codes += padded;
        }
    }
}
