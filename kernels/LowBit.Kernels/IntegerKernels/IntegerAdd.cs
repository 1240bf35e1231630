using System.Runtime.CompilerServices;
using LowBit.Kernels.IntegerKernels.Epilogues;
using LowBit.Kernels.Isas;
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
        int first = chunk * RowsPerChunk, count = Math.Min(RowsPerChunk, state.Rows - first);
        switch (CpuFeatures.Best)
        {
            case Isa.Avx512:
                RunRows<Epilogue512>(state, first, count, 16);
                break;
            case Isa.Avx2:
                RunRows<Epilogue256>(state, first, count, 8);
                break;
            default:
                RunRows<EpilogueScalar>(state, first, count, 16);
                break;
        }
    }

    // Widens pieces of rows into a tile that stays in L1 and gives it to the body of the convolutions.
    [SkipLocalsInit]
    private static void RunRows<E>(in State state, int first, int count, int lanes)
        where E : struct, IEpilogueBody
    {
        int* tile = stackalloc int[RowsPerChunk * 16];
        for (int c = 0; c < state.Channels; c += lanes)
        {
            int valid = Math.Min(lanes, state.Channels - c);
            long at = ((long)first * state.Channels) + c;
            for (int row = 0; row < count; row++)
            {
                var destination = new Span<int>(tile + (row * lanes), valid);
                long source = at + ((long)row * state.Channels);
                if (state.Codes != null)
                {
                    destination.Clear();
                    ByteRows.Add(state.Codes + source, tile + (row * lanes), valid);
                }
                else
                {
                    new ReadOnlySpan<int>(state.Accumulators + source, valid).CopyTo(destination);
                }
            }

            E.Run(new EpilogueTarget(tile, lanes, count, valid, c, state.Channels, at), state.View);
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
