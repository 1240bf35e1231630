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

    public LutJob(in IntegerConvArguments arguments, int vectorPixels, int threads)
    {
        Arguments = arguments;
        Layout = new LutLayout(arguments.Shape, arguments.Weights.Proof);
        Partition = new LutPartition(arguments.Shape, Layout, vectorPixels);
        Scratch = new ScratchSlots(arguments.Scratch, Layout.Groups, SlotBytes(Layout, Partition), threads);
        Layout.WriteOffsets(Partition.PlaneWidth, Scratch.Offsets);
    }

    /// <summary>Working memory of a chunk: codes of one input row, tables, sums and corrections of all rows.</summary>
    public static long SlotBytes(in LutLayout layout, in LutPartition partition)
        => CodeBytes(layout, partition) + TableBytes(partition) + SumBytes(layout, partition) + ((long)partition.BlockRows * partition.CodeWidth * sizeof(int));

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

    public byte* Tables(byte* memory) => memory + CodeBytes(Layout, Partition);

    public int* Corrections(byte* memory, int row)
        => (int*)(memory + CodeBytes(Layout, Partition) + TableBytes(Partition) + SumBytes(Layout, Partition)) + ((long)row * Partition.CodeWidth);

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
                PackRow(block, r, (int*)memory);
                MakeTables<L, V>((int*)memory, Tables(memory) + (r * Partition.RowBytes), Sums(memory, r, 0));
            }
        }

        int count = Round<L, V>(Partition.RowPixels);
        for (int row = first; row < end; row++)
        {
            int* corrections = Corrections(memory, row);
            new Span<int>(corrections, count).Clear();
            for (int ky = 0; ky < s.KernelHeight; ky++)
            {
                for (int kx = 0; kx < s.KernelWidth; kx++)
                {
                    (int phase, int shift) = Layout.Column(kx);
                    LutTables<L, V>.AddInts(Sums(memory, (row * stride) + ky, phase) + shift, count, corrections);
                }
            }
        }
    }

    private static long CodeBytes(in LutLayout layout, in LutPartition partition) => Align((long)layout.ChannelSteps * layout.Phases * partition.CodeWidth * sizeof(int));

    private static long TableBytes(in LutPartition partition) => Align(partition.InputRows * partition.RowBytes);

    private static long SumBytes(in LutLayout layout, in LutPartition partition) => Align((long)partition.InputRows * layout.Phases * partition.CodeWidth * sizeof(int));

    private static long Align(long bytes) => (bytes + 63) & -64;

    // Vectors of 32-bit lanes.
    private static int Round<L, V>(int count)
        where L : struct, ILutLanes<V>
        where V : struct
        => (count + (4 * L.Pixels) - 1) / (4 * L.Pixels) * (4 * L.Pixels);

    private int* Sums(byte* memory, int row, int phase)
        => (int*)(memory + CodeBytes(Layout, Partition) + TableBytes(Partition)) + ((((long)row * Layout.Phases) + phase) * Partition.CodeWidth);

    private void MakeTables<L, V>(int* codes, byte* tables, int* sums)
        where L : struct, ILutLanes<V>
        where V : struct
    {
        int width = Partition.PlaneWidth, planeBytes = width * LutLayout.TableBytes, channels = Arguments.Shape.GroupInChannels;
        int steps = Round<L, V>(width);
        byte* lowest = stackalloc byte[64];
        new Span<byte>(lowest, 64).Fill((byte)Layout.LowestWeight);
        V weights = L.Load(lowest);
        new Span<int>(sums, Partition.CodeWidth * Layout.Phases).Clear();
        for (int step = 0; step < Layout.ChannelSteps; step++)
        {
            if (channels - (step * LutLayout.StepCodes) < LutLayout.StepCodes)
            {
                for (int i = 0; i < 64; i++)
                {
                    lowest[i] = i % LutLayout.StepCodes < channels % LutLayout.StepCodes ? lowest[i] : (byte)0;
                }

                weights = L.Load(lowest);
            }

            for (int phase = 0; phase < Layout.Phases; phase++)
            {
                byte* plane = (byte*)(codes + ((nint)((step * Layout.Phases) + phase) * Partition.CodeWidth));
                byte* table = tables + ((nint)Layout.Plane(phase, step, 0) * planeBytes);
                if (Layout.IsBipolar)
                {
                    LutTables<L, V>.Bits(plane, width, table);
                }
                else
                {
                    LutTables<L, V>.Pairs(plane, width, table, table + planeBytes);
                }

                LutTables<L, V>.AddSums(plane, steps, weights, sums + ((nint)phase * Partition.CodeWidth));
            }
        }
    }

    // Codes of one input row as planes [step][phase][position], four channels a position.
    private void PackRow(in Dot8Block block, int row, int* codes)
    {
        ConvShape s = Arguments.Shape;
        int width = Partition.CodeWidth, planeStride = Layout.Phases * width;
        if (Partition.IsFlat)
        {
            byte* pixels = Arguments.Input + (FirstPixel(block, row) * s.InChannels) + (block.Group * s.GroupInChannels);
            ActivationPacking.Pixels<ByteCodes>(pixels, s.InChannels, RowWidth(block, row), s.GroupInChannels, codes, width);
            return;
        }

        int padding = Arguments.PaddingCode * 0x01010101;
        int y = (block.FirstRow * s.Stride) + row - s.Padding;
        if ((uint)y >= (uint)s.Height)
        {
            new Span<int>(codes, Layout.ChannelSteps * planeStride).Fill(padding);
            return;
        }

        byte* source = Arguments.Input + (((((long)block.Image * s.Height) + y) * s.Width) * s.InChannels) + (block.Group * s.GroupInChannels);
        int positions = Partition.PlaneWidth;
        for (int phase = 0; phase < Layout.Phases; phase++)
        {
            // Position i of this phase is input column i·stride + phase − padding.
            int first = Math.Min(Math.Max((s.Padding - phase + s.Stride - 1) / s.Stride, 0), positions);
            int end = Math.Clamp((s.Width + s.Padding - phase + s.Stride - 1) / s.Stride, first, positions);
            int* plane = codes + (phase * width);
            byte* pixels = source + (((long)(first * s.Stride) + phase - s.Padding) * s.InChannels);
            ActivationPacking.Pixels<ByteCodes>(pixels, (nint)s.Stride * s.InChannels, end - first, s.GroupInChannels, plane + first, planeStride);
            for (int c = 0; c < Layout.ChannelSteps; c++)
            {
                new Span<int>(plane, first).Fill(padding);
                new Span<int>(plane + end, positions - end).Fill(padding);
                plane += planeStride;
            }
        }
    }
}
