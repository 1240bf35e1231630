using LowBit.Kernels.Devices;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>
/// The operands of one integer convolution. Accumulators are <c>Σ w·a</c> over the window, with <see cref="PaddingCode"/> outside the
/// image and no zero point subtracted: the caller folds <c>−z·Σ w</c> into the epilogue's offsets. A linear layer is a 1×1 convolution over
/// <c>[batch, 1, 1, in]</c>.
/// </summary>
public readonly unsafe struct IntegerConvArguments
{
    /// <summary>Sizes; all but the batch and the input's height and width must be those the weights were packed for.</summary>
    public required ConvShape Shape { get; init; }

    /// <summary>Packed weights; they hold the range proof.</summary>
    public required PackedConvWeights Weights { get; init; }

    /// <summary>Activation codes <c>[Batch, Height, Width, InChannels]</c>, none above the proof's largest.</summary>
    public required byte* Input { get; init; }

    /// <summary>The code of padding, at most the proof's largest activation.</summary>
    public byte PaddingCode { get; init; }

    /// <summary>Views of the result; may be null or empty when <see cref="Accumulators"/> is set.</summary>
    public Epilogue[]? Epilogues { get; init; }

    /// <summary>Receives the raw sums <c>[Batch, OutHeight, OutWidth, OutChannels]</c>, or null.</summary>
    public int* Accumulators { get; init; }

    /// <summary>
    /// Working memory of <see cref="IntegerConv.ScratchBytes"/> bytes for at least as many threads as the pool has, aligned to 64, contents unspecified
    /// before and after; null lets the kernel take and give back native memory in each call.
    /// </summary>
    public byte* Scratch { get; init; }
}
