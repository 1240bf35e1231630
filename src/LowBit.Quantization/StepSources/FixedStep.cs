using LowBit.Kernels.Devices;

namespace LowBit.Quantization.StepSources;

/// <summary>A step that the method prescribes: <c>1/(2^b − 1)</c> of DoReFa, the step of an affine input edge.</summary>
public sealed class FixedStep : StepSource
{
    /// <summary>Fixes the step.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="channels">Number of steps, all equal.</param>
    /// <param name="step">Positive and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="step"/> is not positive and finite.</exception>
    public FixedStep(Device device, int channels, float step)
        : base(device, channels)
    {
        if (!(step > 0 && float.IsFinite(step)))
        {
            throw new ArgumentOutOfRangeException(nameof(step), step, $"a step is positive and finite, got {step}");
        }

        device.Fill(channels, step, Step.Buffer);
    }

    /// <inheritdoc/>
    public override bool IsFixed => true;

    /// <inheritdoc/>
    public override void Start(ReadOnlySpan<float> steps) =>
        throw new InvalidOperationException("the step of this quantizer is fixed by its method and cannot be taken from data; use a uniform, lsq or pact quantizer");
}
