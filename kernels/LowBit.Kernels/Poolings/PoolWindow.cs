using LowBit.Kernels.Devices;

namespace LowBit.Kernels.Poolings;

/// <summary>The part of one pooling window that lies on the image; never empty, because padding is at most half the window.</summary>
internal readonly struct PoolWindow
{
    public PoolWindow(in PoolShape shape, int outRow, int outColumn)
    {
        int top = (outRow * shape.Stride) - shape.Padding;
        int left = (outColumn * shape.Stride) - shape.Padding;
        Top = Math.Max(top, 0);
        Left = Math.Max(left, 0);
        Bottom = Math.Min(top + shape.KernelHeight, shape.Height);
        Right = Math.Min(left + shape.KernelWidth, shape.Width);
    }

    public int Top { get; }

    public int Left { get; }

    public int Bottom { get; }

    public int Right { get; }
}
