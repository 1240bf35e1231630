using LowBit.Kernels.Devices;
using LowBit.Tensors;

namespace LowBit.Quantization.StepSources;

/// <summary>What holds the steps of a quantizer: learned, derived from something learned, stored, or fixed for ever.</summary>
public abstract class StepSource : IDisposable
{
    /// <summary>Allocates the steps.</summary>
    /// <param name="device">Where they live.</param>
    /// <param name="channels">Number of steps, 1 or more.</param>
    protected StepSource(Device device, int channels)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        Step = Tensor.Full(device, new Shape(channels), StepRules.StepRule.StepOfZeros).Persist();
    }

    /// <summary>Takes steps that another source keeps up to date.</summary>
    private protected StepSource(Tensor step)
    {
        Step = step;
    }

    /// <summary>The steps in use, <c>[channels]</c>. Positive once <see cref="Refresh"/> ran.</summary>
    public Tensor Step { get; }

    /// <summary>What the optimiser changes when that is one tensor from which the step follows by <see cref="Slope"/>, else null.</summary>
    public virtual Tensor? Learned => null;

    /// <summary>Name of <see cref="Learned"/> in checkpoints; null when nothing is learned.</summary>
    public virtual string? LearnedName => null;

    /// <summary>d step / d learned.</summary>
    public virtual float Slope => 1;

    /// <summary>True when the step was given by the method and no data may change it.</summary>
    public virtual bool IsFixed => false;

    /// <summary>The code of real zero where the source learns it, else null; up to date after <see cref="Refresh"/>.</summary>
    public virtual int? ZeroPoint => null;

    /// <summary>All that the optimiser changes, with names for checkpoints.</summary>
    public virtual IEnumerable<(string Name, Tensor Tensor)> Parameters()
    {
        if (Learned is { } learned)
        {
            yield return (LearnedName!, learned);
        }
    }

    /// <summary>State beyond <see cref="Parameters"/> that a checkpoint must hold.</summary>
    public virtual IEnumerable<(string Name, Tensor Tensor)> Buffers() => [];

    /// <summary>Takes over steps found from data.</summary>
    /// <param name="steps">One positive step per channel.</param>
    public abstract void Start(ReadOnlySpan<float> steps);

    /// <summary>Brings <see cref="Step"/> up to date and keeps it positive; called before every use.</summary>
    /// <param name="name">The quantizer, for messages.</param>
    /// <exception cref="ArithmeticException">A learned value became NaN.</exception>
    public virtual void Refresh(string name)
    {
    }

    /// <summary>
    /// Where the gradient of one use flows to: <see cref="Learned"/>, or while gradients are recorded a tensor that a differentiable op made from what is learned;
    /// called once for each use, after <see cref="Refresh"/>.
    /// </summary>
    internal virtual Tensor? GradientTarget() => Learned;

    /// <summary>What an ordinary quantizer with these steps saves.</summary>
    internal virtual IEnumerable<(string Name, Tensor Tensor)> State() => Parameters().Concat(Buffers());

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the tensors.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing) => Step.Dispose();

    /// <summary>Replaces every element by <see cref="Steps.Positive"/> of it; uploads only when something changed.</summary>
    internal static void MakePositive(Tensor tensor, string name)
    {
        Span<float> values = tensor.Length <= 256 ? stackalloc float[tensor.Length] : new float[tensor.Length];
        tensor.CopyTo(values);
        bool changed = false;
        for (int i = 0; i < values.Length; i++)
        {
            float positive = Steps.Positive(values[i], name);
            changed |= positive != values[i];
            values[i] = positive;
        }

        if (changed)
        {
            tensor.CopyFrom(values);
        }
    }
}
