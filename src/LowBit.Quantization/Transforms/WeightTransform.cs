using LowBit.Tensors;

namespace LowBit.Quantization.Transforms;

/// <summary>What happens to weights before their codes are taken; differentiable.</summary>
public abstract class WeightTransform : IDisposable
{
    /// <summary>Lower-case name.</summary>
    public abstract string Name { get; }

    /// <summary>The weights that are quantized.</summary>
    /// <param name="weights">The trained weights, any shape.</param>
    /// <returns>The same shape.</returns>
    public abstract Tensor Apply(Tensor weights);

    /// <summary>What the transform learns, with names for checkpoints.</summary>
    public virtual IEnumerable<(string Name, Tensor Tensor)> Parameters() => [];

    /// <summary>State beyond <see cref="Parameters"/> that a checkpoint must hold.</summary>
    public virtual IEnumerable<(string Name, Tensor Tensor)> Buffers() => [];

    /// <summary>Finds the transform's own numbers from the first weights.</summary>
    /// <param name="weights">Finite values, one block per channel.</param>
    /// <returns>The steps that go with them, one per channel; null when the quantizer's rule decides.</returns>
    public virtual float[]? Begin(ReadOnlySpan<float> weights) => null;

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the tensors.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
