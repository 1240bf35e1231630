using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Arenas;

/// <summary>A convolution or linear layer between ranges of an arena.</summary>
public sealed unsafe class ArenaConvolution : ArenaStep
{
    private readonly PackedConvWeights _weights;
    private readonly Epilogue[] _epilogues;
    private readonly ConvShape _shape;
    private readonly byte* _input;
    private readonly byte* _scratch;
    private readonly byte _paddingCode;

    /// <summary>Binds the operands.</summary>
    /// <param name="arena">Holds all operands.</param>
    /// <param name="shape">Sizes; the batch is what the ranges have room for.</param>
    /// <param name="weights">Packed weights; the step owns them from now on.</param>
    /// <param name="input">Input codes.</param>
    /// <param name="paddingCode">The code outside the input.</param>
    /// <param name="views">The outputs.</param>
    /// <param name="scratch">Working memory of <see cref="IntegerConv.ScratchBytes"/> bytes.</param>
    /// <exception cref="ArgumentException">A range is too short or outside the arena.</exception>
    public ArenaConvolution(
        NativeArena arena, in ConvShape shape, PackedConvWeights weights, ArenaRange input, byte paddingCode, ReadOnlySpan<ArenaView> views, ArenaRange scratch)
    {
        ArgumentNullException.ThrowIfNull(arena);
        ArgumentNullException.ThrowIfNull(weights);
        if (input.Length < shape.InputLength)
        {
            throw new ArgumentException($"the input needs {shape.InputLength} bytes, its range has {input.Length}", nameof(input));
        }

        foreach (ArenaView view in views)
        {
            if (view.Output.Length < shape.OutputLength * (view.Words ? sizeof(int) : 1) || (view.Residual is { } r && r.Length < shape.OutputLength))
            {
                throw new ArgumentException($"a view's ranges are too short for {shape.OutputLength} outputs", nameof(views));
            }
        }

        _weights = weights;
        _epilogues = Bind(arena, views);
        _shape = shape;
        _input = Bytes(arena, input);
        _scratch = Bytes(arena, scratch);
        _paddingCode = paddingCode;
        Kernel = new KernelEntry(
            new KernelKey(weights.Kernel.Family, weights.Proof.WeightBits, weights.Proof.ActivationBits, weights.Kernel.Isa), weights.Kernel).Name;
    }

    /// <inheritdoc/>
    public override string Kernel { get; }

    /// <inheritdoc/>
    public override void Run(int batch, WorkerPool pool)
    {
        var arguments = new IntegerConvArguments
        {
            Shape = _shape with { Batch = batch },
            Weights = _weights,
            Input = _input,
            PaddingCode = _paddingCode,
            Epilogues = _epilogues,
            Scratch = _scratch,
        };
        IntegerConv.Run(arguments, pool);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _weights.Dispose();
        base.Dispose(disposing);
    }
}
