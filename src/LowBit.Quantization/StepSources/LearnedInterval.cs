using LowBit.Kernels.Devices;

namespace LowBit.Quantization.StepSources;

/// <summary>
/// EWGS for activations: the interval [l, u] is learned and cut into High steps, <c>o = l</c>, <c>s = (u − l)/High</c>; the result is
/// <c>A·q/High</c>. Lee et al. 2021, arXiv:2104.00903, section 3.2.
/// </summary>
/// <remarks>
/// First values: u = 3·deviation/√(1 − 2/π), three deviations of the normal variable behind a ReLU, and l = min. The paper's result lies in [0, 1] and
/// the layer's output is multiplied by a learned scale; here A = u − l of the first batch, a constant, keeps the edge's magnitude, which shortcuts need,
/// and the learned scale belongs to the weights.
/// </remarks>
public sealed class LearnedInterval : IntervalSource
{
    private static readonly double s_halfNormal = Math.Sqrt(1 - (2 / Math.PI));

    private readonly int _top;

    /// <summary>Creates the parameters.</summary>
    /// <param name="device">Where they live.</param>
    /// <param name="top">The highest code, 1 or more; the lowest is 0.</param>
    public LearnedInterval(Device device, int top)
        : base(device, 1, ["lower", "upper"], ["scale"])
    {
        _top = top;
    }

    /// <inheritdoc/>
    protected internal override void Chain(ReadOnlySpan<float> numbers, in IntervalSums sums, Span<double> gradients)
    {
        double step = sums.InputStep / _top;
        gradients[0] = sums.Offset - step;
        gradients[1] = step;
    }

    /// <inheritdoc/>
    protected override void Begin(ReadOnlySpan<float> values, Span<float> numbers)
    {
        (float low, float high) = Calibration.ValueRange.Of(values);
        (_, double deviation) = Spread.Of(values);
        double upper = 3 * deviation / s_halfNormal;
        upper = upper > low ? upper : high > low ? high : low + _top;
        numbers[0] = low;
        numbers[1] = (float)upper;
        numbers[2] = numbers[1] - numbers[0];
    }

    /// <inheritdoc/>
    protected override void BeginAt(float step, Span<float> numbers)
    {
        numbers[0] = 0;
        numbers[1] = step * _top;
        numbers[2] = numbers[1];
    }

    /// <inheritdoc/>
    protected override void Place(Span<float> numbers, string name, Span<float> grid)
    {
        float lower = Finite(numbers[0], name);
        float width = Steps.Positive(Finite(numbers[1], name) - lower, name);
        numbers[1] = numbers[1] - lower == width ? numbers[1] : lower + width;
        grid[0] = lower;
        grid[1] = Steps.Positive(width / _top, name);
        grid[2] = Steps.Positive(numbers[2] / _top, name);
    }
}
