using LowBit.Kernels.Convolutions;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Tests.IntegerKernels;
using LowBit.Kernels.Tests.MatrixProducts;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Tests.Convolutions;

/// <summary>Operands of one convolution, and each of its products as an array.</summary>
internal sealed unsafe class FloatConvProblem : IDisposable
{
    private readonly GuardedBuffer<float> _x;
    private readonly GuardedBuffer<float> _w;
    private readonly GuardedBuffer<float> _bias;
    private readonly GuardedBuffer<float> _gy;

    public FloatConvProblem(ConvShape shape, Fill fill, int seed)
    {
        Shape = shape;
        _x = New(shape.InputLength, fill, seed);
        _w = New(shape.WeightLength, fill, seed + 1);
        _bias = New(shape.OutChannels, fill, seed + 2);
        _gy = New(shape.OutputLength, fill, seed + 3);
    }

    public ConvShape Shape { get; }

    public ReadOnlySpan<float> X => _x.Span;

    public ReadOnlySpan<float> W => _w.Span;

    public ReadOnlySpan<float> Gy => _gy.Span;

    /// <summary>Products summed for one result, at most.</summary>
    public int Depth(ConvDirection direction) => direction switch
    {
        ConvDirection.Forward => Shape.ReductionLength + 1,
        ConvDirection.BackwardInput => (Shape.KernelHeight * Shape.KernelWidth * Shape.GroupOutChannels) + 1,
        _ => (Shape.Batch * Shape.OutHeight * Shape.OutWidth) + 1,
    };

    /// <summary>
    /// Runs one product. The gradients are added to <paramref name="start"/>, that of the input is written when it is 0; the forward result
    /// must not depend on it.
    /// All buffers are checked for writes outside and operands for writes at all.
    /// </summary>
    public float[] Run(ConvDirection direction, Isa isa, WorkerPool pool, float start, bool withBias = true)
    {
        long length = direction switch
        {
            ConvDirection.Forward => Shape.OutputLength,
            ConvDirection.BackwardInput => Shape.InputLength,
            _ => Shape.WeightLength,
        };
        float[] x = X.ToArray(), w = W.ToArray(), gy = Gy.ToArray();
        using var result = new GuardedBuffer<float>(length);
        bool isWritten = direction == ConvDirection.Forward || (direction == ConvDirection.BackwardInput && start == 0);
        result.Span.Fill(isWritten ? float.NaN : start);
        switch (direction)
        {
            case ConvDirection.Forward:
                Conv2d.Forward(Shape, _x.Pointer, _w.Pointer, withBias ? _bias.Pointer : null, result.Pointer, pool, isa);
                break;
            case ConvDirection.BackwardInput:
                Conv2d.BackwardInput(Shape, _gy.Pointer, _w.Pointer, result.Pointer, accumulate: !isWritten, pool, isa);
                break;
            default:
                Conv2d.BackwardWeights(Shape, _x.Pointer, _gy.Pointer, result.Pointer, pool, isa);
                break;
        }

        string what = $"{direction} {isa} {Shape}";
        result.Check(what);
        Xunit.Assert.True(X.SequenceEqual(x) && W.SequenceEqual(w) && Gy.SequenceEqual(gy), $"{what}: an operand was changed");
        return result.Span.ToArray();
    }

    /// <summary>Σ|a·b| of every result: the same product of the magnitudes.</summary>
    public float[] Magnitudes(ConvDirection direction, WorkerPool pool, float start)
    {
        using var magnitudes = new FloatConvProblem(Shape, Fill.AllMax, 0);
        Copy(_x, magnitudes._x);
        Copy(_w, magnitudes._w);
        Copy(_bias, magnitudes._bias);
        Copy(_gy, magnitudes._gy);
        return magnitudes.Run(direction, Isa.Scalar, pool, MathF.Abs(start));
    }

    public void Dispose()
    {
        _x.Dispose();
        _w.Dispose();
        _bias.Dispose();
        _gy.Dispose();
    }

    private static void Copy(GuardedBuffer<float> from, GuardedBuffer<float> to)
    {
        for (int i = 0; i < from.Length; i++)
        {
            to.Span[i] = MathF.Abs(from.Span[i]);
        }
    }

    private static GuardedBuffer<float> New(long length, Fill fill, int seed)
    {
        var buffer = new GuardedBuffer<float>(length);
        FloatFill.Run(buffer.Span, fill, seed);
        return buffer;
    }
}
