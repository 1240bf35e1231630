using LowBit.Kernels.Devices;
using LowBit.Tensors;

namespace LowBit.Quantization.StepSources;

/// <summary>
/// The learned parameter is the clipping level α and the step follows: <c>s = α / top</c>, with top the highest code (PACT,
/// arXiv:1805.06085, eq. 2).
/// </summary>
public sealed class LearnedClip : StepSource
{
    private readonly Tensor _alpha;
    private readonly int _top;

    /// <summary>Creates the parameter.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="top">The highest code, 1 or more.</param>
    /// <param name="channels">Number of levels α.</param>
    public LearnedClip(Device device, int top, int channels = 1)
        : base(device, channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        _top = top;
        _alpha = Tensor.Full(device, new Shape(channels), top).Persist();
        _alpha.RequiresGradient = true;
        _alpha.Name = "alpha";
    }

    /// <inheritdoc/>
    public override Tensor? Learned => _alpha;

    /// <inheritdoc/>
    public override string? LearnedName => "alpha";

    /// <inheritdoc/>
    public override float Slope => 1f / _top;

    /// <inheritdoc/>
    public override void Start(ReadOnlySpan<float> steps)
    {
        var alpha = new float[steps.Length];
        for (int c = 0; c < alpha.Length; c++)
        {
            alpha[c] = steps[c] * _top;
        }

        _alpha.CopyFrom(alpha);
    }

    /// <inheritdoc/>
    public override void Refresh(string name)
    {
        MakePositive(_alpha, name);
        Span<float> steps = _alpha.Length <= 256 ? stackalloc float[_alpha.Length] : new float[_alpha.Length];
        _alpha.CopyTo(steps);
        for (int c = 0; c < steps.Length; c++)
        {
            steps[c] = Steps.Positive(steps[c] / _top, name);
        }

        Step.CopyFrom(steps);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _alpha.Dispose();
        base.Dispose(disposing);
    }
}
