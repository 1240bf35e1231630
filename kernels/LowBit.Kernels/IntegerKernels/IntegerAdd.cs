using LowBit.Kernels.IntegerKernels.References;
using LowBit.Kernels.Requantization;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>Element-wise integer layers: requantization of sums and of codes, and the addition of two code tensors.</summary>
public static unsafe class IntegerAdd
{
    private const int RowsPerChunk = 64;

    /// <summary>y = clamp((a·M[c] + b·R[c] + B[c]) &gt;&gt; N[c]): both operands brought to the result's scale and rounded once.</summary>
    /// <param name="rows">Pixels, 0 or more.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="a">Codes <c>[rows, channels]</c>.</param>
    /// <param name="b">Codes <c>[rows, channels]</c>.</param>
    /// <param name="table">A rule with residual multipliers, for a on M and b on R.</param>
    /// <param name="y">Receives <c>[rows, channels]</c>; may be a or b.</param>
    /// <param name="pool">Threads.</param>
    /// <exception cref="ArgumentException">The rule has another number of channels, no residual multipliers, or leaves a byte.</exception>
    public static void Run(int rows, int channels, byte* a, byte* b, RequantizeTable table, byte* y, WorkerPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        Start(new State(rows, channels, a, null, new Epilogue(table, y, b)), pool);
    }

    /// <summary>y = clamp((a·M[c] + B[c]) &gt;&gt; N[c]), from codes: brings a tensor to another scale.</summary>
    /// <param name="rows">Pixels, 0 or more.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="a">Codes <c>[rows, channels]</c>.</param>
    /// <param name="view">The rule and its destination.</param>
    /// <param name="pool">Threads.</param>
    /// <exception cref="ArgumentException">The rule has another number of channels.</exception>
    public static void Requantize(int rows, int channels, byte* a, in Epilogue view, WorkerPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        Start(new State(rows, channels, a, null, view), pool);
    }

    /// <summary>y = clamp((acc·M[c] + B[c]) &gt;&gt; N[c]), from sums: what follows a global average pool.</summary>
    /// <param name="rows">Pixels, 0 or more.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="accumulators">Sums <c>[rows, channels]</c>.</param>
    /// <param name="view">The rule and its destination.</param>
    /// <param name="pool">Threads.</param>
    /// <exception cref="ArgumentException">The rule has another number of channels.</exception>
    public static void Requantize(int rows, int channels, int* accumulators, in Epilogue view, WorkerPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        Start(new State(rows, channels, null, accumulators, view), pool);
    }

    private static void Start(State state, WorkerPool pool)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(state.Rows);
        if (state.View.Table is null || state.View.Table.Channels != state.Channels)
        {
            throw new ArgumentException($"the rule has {state.View.Table?.Channels ?? 0} channels, the tensor has {state.Channels}");
        }

        pool.Run((state.Rows + RowsPerChunk - 1) / RowsPerChunk, ref state, static (ref State s, int chunk) => RunChunk(s, chunk));
    }

    private static void RunChunk(in State state, int chunk)
    {
        int end = Math.Min((chunk + 1) * RowsPerChunk, state.Rows);
        for (int row = chunk * RowsPerChunk; row < end; row++)
        {
            for (int c = 0; c < state.Channels; c++)
            {
                long at = ((long)row * state.Channels) + c;
                int accumulator = state.Codes != null ? state.Codes[at] : state.Accumulators[at];
                ReferenceEpilogue.Apply(state.View, c, at, accumulator);
            }
        }
    }

    private readonly struct State(int rows, int channels, byte* codes, int* accumulators, Epilogue view)
    {
        public readonly int Rows = rows;
        public readonly int Channels = channels;
        public readonly byte* Codes = codes;
        public readonly int* Accumulators = accumulators;
        public readonly Epilogue View = view;
    }
}
