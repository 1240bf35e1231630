using LowBit.Kernels.Devices;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>Pooling of unsigned byte codes, NHWC.</summary>
public static unsafe class IntegerPool
{
    private const int ChunkBytes = 32 << 10;

    /// <summary>y = the largest code of the window; pixels outside the image are skipped.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">Codes <c>[Batch, Height, Width, Channels]</c>.</param>
    /// <param name="y">Receives <c>[Batch, OutHeight, OutWidth, Channels]</c>.</param>
    /// <param name="pool">Threads.</param>
    public static void Max(in PoolShape shape, byte* x, byte* y, WorkerPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        shape.Validate();
        var state = new State(shape, x, y, null, 0);
        pool.Run(state.Chunks, ref state, static (ref State s, int chunk) => Rows(s, chunk));
    }

    /// <summary>y = the sum of the window's codes, <paramref name="paddingCode"/> outside the image. Exact: a window has at most 2^23 pixels.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">Codes <c>[Batch, Height, Width, Channels]</c>.</param>
    /// <param name="paddingCode">The code outside the image.</param>
    /// <param name="sums">Receives <c>[Batch, OutHeight, OutWidth, Channels]</c>.</param>
    /// <param name="pool">Threads.</param>
    /// <exception cref="ArgumentException">The window is so large that a sum could leave int32.</exception>
    public static void Sum(in PoolShape shape, byte* x, byte paddingCode, int* sums, WorkerPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        shape.Validate();
        if ((long)shape.KernelHeight * shape.KernelWidth * byte.MaxValue > int.MaxValue)
        {
            throw new ArgumentException($"sums over {shape.KernelHeight}x{shape.KernelWidth} windows of bytes can leave a 32-bit integer", nameof(shape));
        }

        var state = new State(shape, x, null, sums, paddingCode);
        pool.Run(state.Chunks, ref state, static (ref State s, int chunk) => Rows(s, chunk));
    }

    private static void Rows(in State state, int chunk)
    {
        PoolShape s = state.Shape;
        bool byRows = state.Sums == null ? PoolRows.HandlesMax(s) : PoolRows.HandlesSum(s);
        int first = chunk * state.ChunkRows, end = Math.Min(first + state.ChunkRows, s.Batch * s.OutHeight);
        for (int row = first; row < end; row++)
        {
            int n = row / s.OutHeight, top = ((row % s.OutHeight) * s.Stride) - s.Padding;
            byte* image = state.Input + ((long)n * s.Height * s.Width * s.Channels);
            long at = (long)row * s.OutWidth * s.Channels;
            if (state.Sums == null)
            {
                if (byRows)
                {
                    PoolRows.Max(s, image, top, state.Codes + at);
                }
                else
                {
                    MaxRow(s, image, top, state.Codes + at);
                }
            }
            else if (byRows)
            {
                PoolRows.Sum(s, image, top, state.PaddingCode, state.Sums + at);
            }
            else
            {
                SumRow(s, image, top, state.PaddingCode, state.Sums + at);
            }
        }
    }

    private static void MaxRow(in PoolShape s, byte* image, int top, byte* y)
    {
        for (int ox = 0; ox < s.OutWidth; ox++)
        {
            int left = (ox * s.Stride) - s.Padding;
            new Span<byte>(y, s.Channels).Clear();
            for (int iy = Math.Max(top, 0); iy < Math.Min(top + s.KernelHeight, s.Height); iy++)
            {
                for (int ix = Math.Max(left, 0); ix < Math.Min(left + s.KernelWidth, s.Width); ix++)
                {
                    ByteRows.Max(y, image + ((((long)iy * s.Width) + ix) * s.Channels), y, s.Channels);
                }
            }

            y += s.Channels;
        }
    }

    private static void SumRow(in PoolShape s, byte* image, int top, byte paddingCode, int* y)
    {
        for (int ox = 0; ox < s.OutWidth; ox++)
        {
            int left = (ox * s.Stride) - s.Padding;
            int rows = Math.Min(top + s.KernelHeight, s.Height) - Math.Max(top, 0);
            int columns = Math.Min(left + s.KernelWidth, s.Width) - Math.Max(left, 0);
            int outside = (s.KernelHeight * s.KernelWidth) - (rows * columns);
            new Span<int>(y, s.Channels).Fill(outside * paddingCode);
            for (int iy = Math.Max(top, 0); iy < Math.Min(top + s.KernelHeight, s.Height); iy++)
            {
                for (int ix = Math.Max(left, 0); ix < Math.Min(left + s.KernelWidth, s.Width); ix++)
                {
                    ByteRows.Add(image + ((((long)iy * s.Width) + ix) * s.Channels), y, s.Channels);
                }
            }

            y += s.Channels;
        }
    }

    private readonly struct State(in PoolShape shape, byte* input, byte* codes, int* sums, byte paddingCode)
    {
        public readonly PoolShape Shape = shape;
        public readonly byte* Input = input;
        public readonly byte* Codes = codes;
        public readonly int* Sums = sums;
        public readonly byte PaddingCode = paddingCode;

        /// <summary>Output rows of a chunk: enough input that starting a thread for it pays.</summary>
        public readonly int ChunkRows = (int)Math.Clamp(ChunkBytes / ((long)shape.KernelHeight * shape.Width * shape.Channels), 1, (long)shape.Batch * shape.OutHeight);

        public int Chunks => ((Shape.Batch * Shape.OutHeight) + ChunkRows - 1) / ChunkRows;
    }
}
