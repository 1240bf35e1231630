using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Arenas;

/// <summary>An option-A shortcut between ranges of an arena.</summary>
public sealed unsafe class ArenaShortcut : ArenaStep
{
    private readonly ShortcutShape _shape;
    private readonly byte* _input;
    private readonly byte* _output;
    private readonly byte _zeroCode;

    /// <summary>Binds the operands.</summary>
    /// <param name="arena">Holds all operands.</param>
    /// <param name="shape">Sizes; the batch is what the ranges have room for.</param>
    /// <param name="input">Input codes.</param>
    /// <param name="zeroCode">The code of real zero.</param>
    /// <param name="output">Output codes.</param>
    public ArenaShortcut(NativeArena arena, in ShortcutShape shape, ArenaRange input, byte zeroCode, ArenaRange output)
    {
        ArgumentNullException.ThrowIfNull(arena);
        _shape = shape;
        _input = Bytes(arena, input);
        _output = Bytes(arena, output);
        _zeroCode = zeroCode;
    }

    /// <inheritdoc/>
    public override string Kernel => "shortcut_u8";

    /// <inheritdoc/>
    public override void Run(int batch, WorkerPool pool) => IntegerShortcut.Run(_shape with { Batch = batch }, _input, _zeroCode, _output, pool);
}
