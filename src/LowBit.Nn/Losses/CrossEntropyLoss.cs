using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Nn.Losses;

/// <summary>
/// Softmax and cross-entropy with label smoothing ε: <c>−(1−ε)·log p[label] − ε/C·Σ log p[c]</c>, mean over the batch.
/// Szegedy et al. 2016, arXiv:1512.00567, section 7.
/// </summary>
public sealed class CrossEntropyLoss : Loss
{
    /// <summary>Creates the loss.</summary>
    /// <param name="smoothing">ε, 0 to below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">ε is outside its range.</exception>
    public CrossEntropyLoss(float smoothing = 0)
    {
        if (!(smoothing >= 0 && smoothing < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, $"label smoothing is 0 to below 1, got {smoothing}");
        }

        Smoothing = smoothing;
    }

    /// <summary>ε.</summary>
    public float Smoothing { get; }

    /// <inheritdoc/>
    public override Tensor Of(Tensor logits, ReadOnlySpan<int> labels)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return logits.CrossEntropy(labels, Smoothing);
    }
}
