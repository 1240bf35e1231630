using LowBit.Tensors;

namespace LowBit.Nn.Losses;

/// <summary>Turns logits and labels into one number to be minimised.</summary>
public abstract class Loss
{
    /// <summary>The loss of a batch.</summary>
    /// <param name="logits"><c>[N, classes]</c>.</param>
    /// <param name="labels">N class numbers, from 0.</param>
    /// <returns>A single number, the mean over the batch.</returns>
    public abstract Tensor Of(Tensor logits, ReadOnlySpan<int> labels);
}
