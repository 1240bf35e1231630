using LowBit.Kernels.Devices;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>Everything the chunks of one call share.</summary>
internal readonly unsafe struct Dot8Job
{
    // A merged window may read a step past its row.
    private const int RowSlack = 16;

    public readonly IntegerConvArguments Arguments;
    public readonly Dot8Layout Layout;
    public readonly Dot8Partition Partition;
    public readonly ScratchSlots Scratch;

    public Dot8Job(in IntegerConvArguments arguments, bool dotIsExact, int panelWidth, int threads)
    {
        Arguments = arguments;
        Layout = new Dot8Layout(arguments.Shape, arguments.Weights.Proof, dotIsExact);
        Partition = new Dot8Partition(arguments.Shape, Layout, panelWidth);
        Scratch = new ScratchSlots(arguments.Scratch, Layout.Steps, SlotBytes(arguments.Shape, Layout, Partition), threads);
        Layout.WriteOffsets(Partition.PlaneWidth, Scratch.Offsets);
    }

    public static long SlotBytes(in ConvShape shape, in Dot8Layout layout, in Dot8Partition partition)
        => ((long)partition.InputRows * partition.RowSteps * 4) + (layout.IsMerged ? PaddedRowBytes(shape) + RowSlack : 0);

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

    /// <summary>Packs the input rows of a block.</summary>
    public void PackInput(in Dot8Block block, byte* packed)
    {
        if (Layout.IsWide)
        {
            Pack<WordCodes>(block, packed);
        }
        else
        {
            Pack<ByteCodes>(block, packed);
        }
    }

    // A division costs as much as a whole tile row's packing, and most strides are one.
    private static int Ceiling(int a, int stride) => stride == 1 ? a : (a + stride - 1) / stride;

    private static int PaddedRowBytes(in ConvShape s) => (s.Width + (2 * s.Padding)) * s.InChannels;

    private void Pack<W>(in Dot8Block block, byte* packed)
        where W : struct, ICodeWidth
    {
        ConvShape s = Arguments.Shape;
        int* rows = (int*)packed;
        if (Partition.IsFlat)
        {
            // A flat chunk is one row.
            byte* source = Arguments.Input + (FirstPixel(block, 0) * s.InChannels) + (block.Group * s.GroupInChannels);
            ActivationPacking.Pixels<W>(source, s.InChannels, RowWidth(block, 0), s.GroupInChannels, rows, Partition.PlaneWidth);
            return;
        }

        int count = ((block.Rows - 1) * s.Stride) + s.KernelHeight;
        int padding = Arguments.PaddingCode * (Layout.IsWide ? 0x00010001 : 0x01010101);
        for (int r = 0; r < count; r++)
        {
            // With a stride above the kernel height some rows are never looked at.
            if (r % s.Stride >= s.KernelHeight)
            {
                continue;
            }

            int* row = rows + ((nint)r * Partition.RowSteps);
            int y = (block.FirstRow * s.Stride) + r - s.Padding;
            if ((uint)y >= (uint)s.Height)
            {
                new Span<int>(row, Partition.RowSteps).Fill(padding);
                continue;
            }

            byte* source = Arguments.Input + (((((long)block.Image * s.Height) + y) * s.Width) * s.InChannels) + (block.Group * s.GroupInChannels);
            if (Layout.IsMerged)
            {
                PackMergedRow<W>(source, row, packed + ((long)Partition.InputRows * Partition.RowSteps * 4));
            }
            else
            {
                PackRow<W>(source, row, padding);
            }
        }
    }

    private void PackRow<W>(byte* source, int* row, int padding)
        where W : struct, ICodeWidth
    {
        ConvShape s = Arguments.Shape;
        int width = Partition.PlaneWidth, planeStride = Layout.Phases * width;
        for (int phase = 0; phase < Layout.Phases; phase++)
        {
            // Position i of this phase is input column i·stride + phase − padding.
            int first = Math.Min(Math.Max(Ceiling(s.Padding - phase, s.Stride), 0), width);
            int end = Math.Clamp(Ceiling(s.Width + s.Padding - phase, s.Stride), first, width);
            int* plane = row + (phase * width);
            byte* pixels = source + (((long)(first * s.Stride) + phase - s.Padding) * s.InChannels);
            ActivationPacking.Pixels<W>(pixels, (nint)s.Stride * s.InChannels, end - first, s.GroupInChannels, plane + first, planeStride);
            if (end - first == width)
            {
                continue;
            }

            for (int c = 0; c < Layout.ChannelSteps; c++)
            {
                for (int i = 0; i < first; i++)
                {
                    plane[i] = padding;
                }

                for (int i = end; i < width; i++)
                {
                    plane[i] = padding;
                }

                plane += planeStride;
            }
        }
    }

    private void PackMergedRow<W>(byte* source, int* row, byte* padded)
        where W : struct, ICodeWidth
    {
        ConvShape s = Arguments.Shape;
        int border = s.Padding * s.InChannels, inside = s.Width * s.InChannels;
        new Span<byte>(padded, border).Fill(Arguments.PaddingCode);
        new ReadOnlySpan<byte>(source, inside).CopyTo(new Span<byte>(padded + border, inside));
        new Span<byte>(padded + border + inside, border + RowSlack).Fill(Arguments.PaddingCode);
        ActivationPacking.Windows<W>(padded, (nint)s.Stride * s.InChannels, Partition.RowPixels, Layout.StepsPerRow, row);
    }
}
