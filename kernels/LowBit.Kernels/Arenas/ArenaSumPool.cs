using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Arenas;

/// <summary>Sums over windows, requantized, between ranges of an arena.</summary>
public sealed unsafe class ArenaSumPool : ArenaStep
{
    private readonly Epilogue[] _epilogues;
    private readonly PoolShape _shape;
    private readonly byte* _input;
    private readonly int* _sums;
    private readonly byte _paddingCode;

    /// <summary>Binds the operands.</summary>
    /// <param name="arena">Holds all operands.</param>
    /// <param name="shape">Sizes; the batch is what the ranges have room for.</param>
    /// <param name="input">Input codes.</param>
    /// <param name="paddingCode">The code outside the input.</param>
    /// <param name="views">The outputs.</param>
    /// <param name="sums">Working memory: four bytes for each output.</param>
    public ArenaSumPool(NativeArena arena, in PoolShape shape, ArenaRange input, byte paddingCode, ReadOnlySpan<ArenaView> views, ArenaRange sums)
    {
        ArgumentNullException.ThrowIfNull(arena);
        if (input.Length < shape.InputLength || sums.Length < shape.OutputLength * sizeof(int))
        {
            throw new ArgumentException($"the ranges of {input.Length} and {sums.Length} bytes are too short for {shape}", nameof(input));
        }

        _epilogues = Bind(arena, views);
        _shape = shape;
        _input = Bytes(arena, input);
        _sums = (int*)Bytes(arena, sums);
        _paddingCode = paddingCode;
    }

    /// <inheritdoc/>
    public override string Kernel => "sumpool_i32";

    /// <inheritdoc/>
    public override void Run(int batch, WorkerPool pool)
    {
        PoolShape shape = _shape with { Batch = batch };
        IntegerPool.Sum(shape, _input, _paddingCode, _sums, pool);
        foreach (ref readonly Epilogue view in _epilogues.AsSpan())
        {
            IntegerAdd.Requantize(batch * shape.OutHeight * shape.OutWidth, shape.Channels, _sums, view, pool);
        }
    }
}
