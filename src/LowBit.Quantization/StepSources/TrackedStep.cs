using LowBit.Kernels.Devices;
using LowBit.Kernels.Reductions;
using LowBit.Quantization.Calibration;
using LowBit.Tensors;

namespace LowBit.Quantization.StepSources;

/// <summary>
/// The step of moving averages of each training batch's extremes: <c>low ← low + (1 − m)·(min x − low)</c>, likewise high, and
/// <c>s = max(high/(High − z), low/(Low − z))</c>. Jacob et al. 2018, arXiv:1712.05877, section 3.1.
/// </summary>
public sealed class TrackedStep : StepSource
{
    private readonly CodeRange _range;
    private readonly int _zeroPoint;
    private readonly float _momentum;
    private readonly Tensor _extremes;

    /// <summary>Creates the averages.</summary>
    /// <param name="device">Where they live.</param>
    /// <param name="range">The codes.</param>
    /// <param name="zeroPoint">Code of real zero.</param>
    /// <param name="momentum">How slowly the averages move, in [0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="momentum"/> is outside [0, 1).</exception>
    public TrackedStep(Device device, CodeRange range, int zeroPoint, double momentum)
        : base(device, 1)
    {
        if (!(momentum >= 0 && momentum < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, $"the momentum of a moving average lies in [0, 1), got {momentum}");
        }

        _range = range;
        _zeroPoint = zeroPoint;
        _momentum = (float)momentum;
        _extremes = Tensor.Zeros(device, 2).Persist();
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Tensor)> Buffers() => [("step", Step), ("extremes", _extremes)];

    /// <inheritdoc/>
    public override void Start(ReadOnlySpan<float> steps)
    {
        Step.CopyFrom(steps);
        _extremes.CopyFrom([steps[0] * (_range.Low - _zeroPoint), steps[0] * (_range.High - _zeroPoint)]);
    }

    /// <summary>Moves the averages by one batch.</summary>
    /// <param name="x">The batch.</param>
    /// <param name="isFirst">True: start at this batch.</param>
    /// <param name="name">The quantizer, for messages.</param>
    /// <exception cref="ArithmeticException">The batch holds NaN or infinite values.</exception>
    public void Track(Tensor x, bool isFirst, string name)
    {
        ArgumentNullException.ThrowIfNull(x);
        float low = (float)x.Device.Reduce<MinValue>(x.Length, x.Buffer);
        float high = (float)x.Device.Reduce<MaxValue>(x.Length, x.Buffer);
        if (!float.IsFinite(low) || !float.IsFinite(high))
        {
            throw new ArithmeticException($"the values at quantizer {name} range from {low} to {high}; training diverged, lower the learning rate");
        }

        Span<float> extremes = stackalloc float[2];
        if (!isFirst)
        {
            _extremes.CopyTo(extremes);
            low = extremes[0] + ((1 - _momentum) * (low - extremes[0]));
            high = extremes[1] + ((1 - _momentum) * (high - extremes[1]));
        }

        extremes[0] = low;
        extremes[1] = high;
        _extremes.CopyFrom(extremes);
        float step = (float)SymmetricSteps.Cover(low, high, _range, _zeroPoint);
        Step.CopyFrom([step > 0 ? Steps.Positive(step, name) : StepRules.StepRule.StepOfZeros]);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _extremes.Dispose();
        base.Dispose(disposing);
    }
}
