using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Arenas;

/// <summary><c>y[i, c] = table[c][x[i, c]]</c> between ranges of an arena.</summary>
public sealed unsafe class ArenaLookup : ArenaStep
{
    private const int PixelsPerChunk = 2048;
    private const int TableLength = 256;

    private readonly byte[] _table;
    private readonly int _pixels;
    private readonly int _channels;
    private readonly byte* _input;
    private readonly byte* _output;

    /// <summary>Binds the operands.</summary>
    /// <param name="arena">Holds all operands.</param>
    /// <param name="pixels">Pixels of one image; with one table for all channels, codes of one image.</param>
    /// <param name="channels">Channels that have tables; 1 for one table.</param>
    /// <param name="table">The entries <c>[channels][256]</c>; copied.</param>
    /// <param name="input">Input codes.</param>
    /// <param name="output">Output codes; may be the input.</param>
    /// <exception cref="ArgumentException">The table has another length.</exception>
    public ArenaLookup(NativeArena arena, int pixels, int channels, ReadOnlySpan<byte> table, ArenaRange input, ArenaRange output)
    {
        ArgumentNullException.ThrowIfNull(arena);
        if (table.Length != channels * TableLength)
        {
            throw new ArgumentException($"{channels} channels need {channels * TableLength} table entries, got {table.Length}", nameof(table));
        }

        _table = table.ToArray();
        _pixels = pixels;
        _channels = channels;
        _input = Bytes(arena, input);
        _output = Bytes(arena, output);
    }

    /// <inheritdoc/>
    public override string Kernel => "lookup_u8";

    /// <inheritdoc/>
    public override void Run(int batch, WorkerPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        var state = new State(this, batch * _pixels);
        pool.Run((state.Pixels + PixelsPerChunk - 1) / PixelsPerChunk, ref state, static (ref State s, int chunk) => s.Step.RunChunk(chunk, s.Pixels));
    }

    private void RunChunk(int chunk, int pixels)
    {
        int first = chunk * PixelsPerChunk, count = Math.Min(PixelsPerChunk, pixels - first);
        var input = new ReadOnlySpan<byte>(_input + ((long)first * _channels), count * _channels);
        var output = new Span<byte>(_output + ((long)first * _channels), count * _channels);
        if (_channels == 1)
        {
            for (int i = 0; i < input.Length; i++)
            {
                output[i] = _table[input[i]];
            }

            return;
        }

        int at = 0;
        for (int i = 0; i < count; i++)
        {
            for (int c = 0; c < _channels; c++, at++)
            {
                output[at] = _table[(c * TableLength) + input[at]];
            }
        }
    }

    private readonly struct State(ArenaLookup step, int pixels)
    {
        public readonly ArenaLookup Step = step;
        public readonly int Pixels = pixels;
    }
}
