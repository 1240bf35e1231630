using LowBit.Kernels.Devices;

namespace LowBit.Tensors.Ops;

/// <summary>Operands of a convolution with batch normalisation in training.</summary>
public readonly record struct ConvBatchNormInputs
{
    /// <summary><c>[batch, height, width, in]</c> (NHWC).</summary>
    public required Tensor X { get; init; }

    /// <summary>Weights <c>[out, kernel height, kernel width, in / groups]</c> (OHWI).</summary>
    public required Tensor W { get; init; }

    /// <summary>Step of the window in both directions, 1 or more.</summary>
    public int Stride { get; init; }

    /// <summary>Rows and columns of zeros on each side, below the kernel size.</summary>
    public int Padding { get; init; }

    /// <summary>Channel groups; the number of channels for a depthwise convolution.</summary>
    public int Groups { get; init; }

    /// <summary>γ, <c>[out]</c>.</summary>
    public required Tensor Gamma { get; init; }

    /// <summary>β, <c>[out]</c>.</summary>
    public required Tensor Beta { get; init; }

    /// <summary><c>[out]</c>, updated in place, no gradient.</summary>
    public required Tensor RunningMean { get; init; }

    /// <summary><c>[out]</c>, updated in place, no gradient.</summary>
    public required Tensor RunningVariance { get; init; }

    /// <summary>Weight of the new batch, 0 to 1.</summary>
    public float Momentum { get; init; }

    /// <summary>ε, positive.</summary>
    public float Epsilon { get; init; }

    /// <summary>Added before the function, as a residual connection does; the output's shape, or null for nothing.</summary>
    public Tensor? Addend { get; init; }

    /// <summary>The operands as a valid convolution with its normalisation.</summary>
    /// <returns>The convolution.</returns>
    /// <exception cref="ArgumentException">The shapes or settings do not fit.</exception>
    public ConvShape Validate()
    {
        Tensor x = X, w = W;
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(w);
        if (x.Shape.Rank != 4 || w.Shape.Rank != 4 || Groups < 1 || (long)w.Shape[3] * Groups != x.Shape[3])
        {
            throw ShapeError.Of("ConvBatchNorm", $"x is [batch, height, width, in] and w is [out, kernel height, kernel width, in / {Groups} groups]", x, w);
        }

        foreach (Tensor t in (ReadOnlySpan<Tensor>)[Gamma, Beta, RunningMean, RunningVariance])
        {
            ArgumentNullException.ThrowIfNull(t);
            if (t.Shape.Rank != 1 || t.Length != w.Shape[0])
            {
                throw ShapeError.Of("ConvBatchNorm", "w is [out, ...] and gamma, beta and the running statistics are [out]", w, t);
            }
        }

        var shape = new ConvShape(
            x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], w.Shape[0], w.Shape[1], w.Shape[2], Stride, Padding, Groups);
        try
        {
            shape.Validate();
        }
        catch (ArgumentException e)
        {
            throw ShapeError.Of("ConvBatchNorm", e.Message, x, w);
        }

        if (shape.OutputLength / shape.OutChannels < 2)
        {
            throw ShapeError.Of("ConvBatchNorm", "training needs at least 2 samples per channel to have a variance", x, w);
        }

        if (Addend is { } addend && addend.Shape != new Shape(shape.Batch, shape.OutHeight, shape.OutWidth, shape.OutChannels))
        {
            throw ShapeError.Of("ConvBatchNorm", "the addend has the shape of the output", w, addend);
        }

        if (!(Epsilon > 0) || !(Momentum is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(Epsilon), $"the epsilon of batch normalisation is positive and its momentum 0 to 1, got {Epsilon} and {Momentum}");
        }

        return shape;
    }
}
