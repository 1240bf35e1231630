using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>Everything the chunks of one call share.</summary>
internal readonly unsafe struct Dot8Job
{
    // The last window's last step may read past its row, by less than a turn of the inner loop.
    private const int Slack = 64;

    // A constant to the compiler: LOWBIT_ISA limits these loops too.
    private static readonly bool s_use256 = CpuFeatures.Best >= Isa.Avx2;

    public readonly IntegerConvArguments Arguments;
    public readonly Dot8Layout Layout;
    public readonly Dot8Partition Partition;
    public readonly ScratchSlots Scratch;

    public Dot8Job(in IntegerConvArguments arguments, in Dot8Layout layout, int panelWidth, int threads)
    {
        Arguments = arguments;
        Layout = layout;
        Partition = new Dot8Partition(arguments.Shape, Layout, panelWidth);
        Scratch = new ScratchSlots(arguments.Scratch, Layout.RunWords, SlotBytes(Partition), threads);
        Layout.WriteRuns(Partition.RowBytes, Runs);
    }

    /// <summary>The runs of a window.</summary>
    public Dot8Run* Runs => (Dot8Run*)Scratch.Offsets;

    public static long SlotBytes(in Dot8Partition partition) => partition.IsInPlace ? 0 : ((long)partition.Chunks.InputRows * partition.RowBytes) + Slack;

    /// <summary>Copies the input rows of a block, if they are not read where they lie.</summary>
    /// <returns>The codes of the block's first output pixel.</returns>
    public byte* Input(in ConvBlock block, byte* copy)
    {
        ConvShape s = Arguments.Shape;
        byte* source = Arguments.Input + ((long)block.Group * s.GroupInChannels);
        source += Partition.Chunks.IsFlat
            ? Partition.Chunks.FirstPixel(block, 0) * s.InChannels
            : ((long)block.Image * s.Height * s.Width * s.InChannels);
        if (Partition.Chunks.IsFlat)
        {
            if (!Partition.IsInPlace)
            {
                CopyPixels(source, Partition.Chunks.RowWidth(block, 0), copy);
            }

            return Partition.IsInPlace ? source : copy;
        }

        if (Partition.IsInPlace)
        {
            return source + ((long)block.FirstRow * s.Stride * Partition.RowBytes);
        }

        CopyRows(block, source, copy);
        return copy;
    }

    private void CopyRows(in ConvBlock block, byte* image, byte* copy)
    {
        ConvShape s = Arguments.Shape;
        int border = s.Padding * Partition.InputPixelBytes, rowBytes = Partition.RowBytes;
        int count = ((block.Rows - 1) * s.Stride) + s.KernelHeight;
        Fill(copy, border);
        for (int r = 0; r < count; r++)
        {
            byte* row = copy + ((nint)r * rowBytes);
            int y = (block.FirstRow * s.Stride) + r - s.Padding, outside = border;
            if ((uint)y >= (uint)s.Height)
            {
                outside = rowBytes - border;
            }
            else if (s.Stride <= s.KernelHeight || r % s.Stride < s.KernelHeight)
            {
                // With a stride above the kernel height the other rows are never looked at.
                CopyPixels(image + ((long)y * s.Width * s.InChannels), s.Width, row + border);
            }

            // The right border of a row and the left one of the next lie together.
            Fill(row + rowBytes - outside, r == count - 1 ? outside : outside + border);
        }
    }

    // One group's codes of neighbouring pixels.
    private void CopyPixels(byte* source, int count, byte* to)
    {
        int channels = Arguments.Shape.GroupInChannels, stride = Arguments.Shape.InChannels, pixelBytes = Partition.InputPixelBytes;
        if (channels == stride && pixelBytes == channels * Layout.CodeBytes)
        {
            CopyCodes(source, count * channels, to);
            return;
        }

        for (; count > 0; count--)
        {
            CopyCodes(source, channels, to);
            source += stride;
            to += pixelBytes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CopyCodes(byte* source, int count, byte* to)
    {
        if (Layout.IsWide)
        {
            Widen(source, count, (short*)to);
        }
        else
        {
            new ReadOnlySpan<byte>(source, count).CopyTo(new Span<byte>(to, count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen(byte* source, int count, short* to)
    {
        int i = 0;
        for (; s_use256 && i + 16 <= count; i += 16)
        {
            Avx2.ConvertToVector256Int16(source + i).Store(to + i);
        }

        for (; i < count; i++)
        {
            to[i] = source[i];
        }
    }

    private void Fill(byte* to, int bytes)
    {
        if (Layout.IsWide)
        {
            new Span<short>(to, bytes / 2).Fill(Arguments.PaddingCode);
        }
        else
        {
            new Span<byte>(to, bytes).Fill(Arguments.PaddingCode);
        }
    }
}
