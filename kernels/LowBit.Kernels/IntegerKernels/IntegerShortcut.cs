using LowBit.Kernels.Devices;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>The parameter-free "option A" shortcut on codes: every <c>Stride</c>-th pixel, new channels get the code of zero.</summary>
public static unsafe class IntegerShortcut
{
    /// <summary>y[n, i, j, Before + c] = x[n, i·Stride, j·Stride, c], all other channels <paramref name="zeroCode"/>.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">Codes <c>[Batch, Height, Width, InChannels]</c>.</param>
    /// <param name="zeroCode">The code of real zero.</param>
    /// <param name="y">Receives <c>[Batch, OutHeight, OutWidth, OutChannels]</c>.</param>
    /// <param name="pool">Threads.</param>
    /// <exception cref="ArgumentException">A size is below 1 or channels would be lost.</exception>
    public static void Run(in ShortcutShape shape, byte* x, byte zeroCode, byte* y, WorkerPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        if (shape.Batch < 1 || shape.Height < 1 || shape.Width < 1 || shape.InChannels < 1 || shape.Stride < 1 || shape.OutChannels < shape.InChannels)
        {
            throw new ArgumentException($"a shortcut needs sizes of at least 1 and no fewer output than input channels, got {shape}", nameof(shape));
        }

        var state = new State(shape, x, y, zeroCode);
        pool.Run(shape.Batch * shape.OutHeight, ref state, static (ref State s, int row) => RunRow(s, row));
    }

    private static void RunRow(in State state, int row)
    {
        ShortcutShape s = state.Shape;
        int n = row / s.OutHeight, iy = (row % s.OutHeight) * s.Stride;
        byte* source = state.Input + ((((long)n * s.Height) + iy) * s.Width * s.InChannels);
        byte* output = state.Output + ((long)row * s.OutWidth * s.OutChannels);
        if (s.OutChannels > s.InChannels)
        {
            new Span<byte>(output, s.OutWidth * s.OutChannels).Fill(state.ZeroCode);
        }

        ByteRows.Copy(source, (nint)s.Stride * s.InChannels, output + s.Before, s.OutChannels, s.InChannels, s.OutWidth);
    }

    private readonly struct State(in ShortcutShape shape, byte* input, byte* output, byte zeroCode)
    {
        public readonly ShortcutShape Shape = shape;
        public readonly byte* Input = input;
        public readonly byte* Output = output;
        public readonly byte ZeroCode = zeroCode;
    }
}
