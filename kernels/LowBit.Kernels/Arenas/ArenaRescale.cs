using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Arenas;

/// <summary>Codes brought to other grids, or two edges added, between ranges of an arena.</summary>
public sealed unsafe class ArenaRescale : ArenaStep
{
    private readonly Epilogue[] _epilogues;
    private readonly int _pixels;
    private readonly int _channels;
    private readonly byte* _input;

    /// <summary>Binds the operands.</summary>
    /// <param name="arena">Holds all operands.</param>
    /// <param name="pixels">Pixels of one image.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="input">Input codes.</param>
    /// <param name="views">The outputs.</param>
    public ArenaRescale(NativeArena arena, int pixels, int channels, ArenaRange input, ReadOnlySpan<ArenaView> views)
    {
        ArgumentNullException.ThrowIfNull(arena);
        _epilogues = Bind(arena, views);
        _pixels = pixels;
        _channels = channels;
        _input = Bytes(arena, input);
    }

    /// <inheritdoc/>
    public override string Kernel => "rescale_u8";

    /// <inheritdoc/>
    public override void Run(int batch, WorkerPool pool)
    {
        foreach (ref readonly Epilogue view in _epilogues.AsSpan())
        {
            IntegerAdd.Requantize(batch * _pixels, _channels, _input, view, pool);
        }
    }
}
