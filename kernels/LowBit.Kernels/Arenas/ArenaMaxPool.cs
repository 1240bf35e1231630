using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Arenas;

/// <summary>Maximum over windows between ranges of an arena.</summary>
public sealed unsafe class ArenaMaxPool : ArenaStep
{
    private readonly PoolShape _shape;
    private readonly byte* _input;
    private readonly byte* _output;

    /// <summary>Binds the operands.</summary>
    /// <param name="arena">Holds all operands.</param>
    /// <param name="shape">Sizes; the batch is what the ranges have room for.</param>
    /// <param name="input">Input codes.</param>
    /// <param name="output">Output codes.</param>
    public ArenaMaxPool(NativeArena arena, in PoolShape shape, ArenaRange input, ArenaRange output)
    {
        ArgumentNullException.ThrowIfNull(arena);
        if (input.Length < shape.InputLength || output.Length < shape.OutputLength)
        {
            throw new ArgumentException($"the ranges of {input.Length} and {output.Length} bytes are too short for {shape}", nameof(input));
        }

        _shape = shape;
        _input = Bytes(arena, input);
        _output = Bytes(arena, output);
    }

    /// <inheritdoc/>
    public override string Kernel => "maxpool_u8";

    /// <inheritdoc/>
    public override void Run(int batch, WorkerPool pool) => IntegerPool.Max(_shape with { Batch = batch }, _input, _output, pool);
}
