using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;

namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>Everything the chunks of one call share.</summary>
internal readonly unsafe struct BitplaneJob
{
    public readonly IntegerConvArguments Arguments;
    public readonly BitplaneLayout Layout;
    public readonly BitplanePartition Partition;
    public readonly ScratchSlots Scratch;

    public BitplaneJob(in IntegerConvArguments arguments, int lanes, int threads)
    {
        Arguments = arguments;
        Layout = new BitplaneLayout(arguments.Shape, arguments.Weights.Proof);
        Partition = new BitplanePartition(arguments.Shape, Layout, lanes);
        Scratch = new ScratchSlots(arguments.Scratch, OffsetCount(Layout), Partition.SlotBytes, threads);
        Layout.WriteUnits((nint)Partition.RowBytes, Units);
        Layout.WritePasses((nint)Partition.PlaneBytes, Passes);
    }

    /// <summary>Where each unit of a window lies.</summary>
    public nint* Units => Scratch.Offsets;

    /// <summary>Plane of each pass, and whether counters are doubled after it.</summary>
    public nint* Passes => Scratch.Offsets + Layout.Units;

    /// <summary>Numbers kept with <see cref="ScratchSlots.Offsets"/>.</summary>
    public static int OffsetCount(in BitplaneLayout layout) => layout.Units + (2 * layout.Passes);

    /// <summary>Output pixels of a block: neighbours, row after row.</summary>
    public int BlockPixels(in ConvBlock block) => Partition.Chunks.IsFlat ? Partition.Chunks.RowWidth(block, 0) : block.Rows * Partition.Chunks.RowPixels;

    public byte* Sums(byte* memory) => memory + Partition.BitsBytes;

    public byte* Counters(byte* memory) => Sums(memory) + Partition.SumsBytes;

    public byte** Windows(byte* memory) => (byte**)(Counters(memory) + Partition.CountersBytes);

    /// <summary>Cuts the codes of a block's input rows into bits <c>[row][plane][position][unit]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Cut<L, V>(in ConvBlock block, byte* bits)
        where L : struct, IBitLanes<V>
        where V : struct
    {
        ConvShape s = Arguments.Shape;
        var cut = new BitplaneCut<L, V>(Layout, (nint)Partition.PlaneBytes);
        if (Partition.Chunks.IsFlat)
        {
            cut.Pixels(Arguments.Input + (Partition.Chunks.FirstPixel(block, 0) * s.InChannels) + (block.Group * s.GroupInChannels), s.InChannels, BlockPixels(block), bits);
            return;
        }

        int rows = ((block.Rows - 1) * s.Stride) + s.KernelHeight, border = s.Padding * Layout.PixelBytes;
        for (int r = 0; r < rows; r++)
        {
            // With a stride above the kernel height some rows are never looked at.
            if (r % s.Stride < s.KernelHeight)
            {
                int y = (block.FirstRow * s.Stride) + r - s.Padding;
                byte* row = bits + (r * Partition.RowBytes);
                if ((uint)y >= (uint)s.Height)
                {
                    cut.Padding(Arguments.PaddingCode, Partition.Positions, row);
                    continue;
                }

                byte* source = Arguments.Input + (((((long)block.Image * s.Height) + y) * s.Width) * s.InChannels) + (block.Group * s.GroupInChannels);
                cut.Padding(Arguments.PaddingCode, s.Padding, row);
                cut.Pixels(source, s.InChannels, s.Width, row + border);
                cut.Padding(Arguments.PaddingCode, s.Padding, row + border + (s.Width * Layout.PixelBytes));
            }
        }
    }

    /// <summary>Writes the addresses of neighbouring windows.</summary>
    /// <param name="bits">Bits of the block's input rows.</param>
    /// <param name="first">First output pixel of the block.</param>
    /// <param name="count">Windows.</param>
    /// <param name="windows">Receives the addresses.</param>
    public void WriteWindows(byte* bits, int first, int count, byte** windows)
    {
        int stride = Arguments.Shape.Stride;
        nint rowBytes = (nint)Partition.RowBytes * stride, pixelBytes = (nint)Layout.PixelBytes * stride;
        (int row, int x) = Math.DivRem(first, Partition.Chunks.RowPixels);
        for (; count > 0; count--)
        {
            *windows++ = bits + (row * rowBytes) + (x * pixelBytes);
            x++;
            if (x == Partition.Chunks.RowPixels)
            {
                x = 0;
                row++;
            }
        }
    }
}
