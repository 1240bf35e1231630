using LowBit.Kernels.Devices;
using LowBit.Quantization.Calibration;

namespace LowBit.Quantization.StepSources;

/// <summary>
/// EWGS for weights: the interval [l, u] is learned and its ends are the lowest and the highest code; the levels are ±a with a learned
/// scale a: <c>o = (l + u)/2</c>, <c>s = (u − l)/(2·High)</c>, <c>r = |a|/High</c>. Lee et al. 2021, arXiv:2104.00903, section 3.2.
/// </summary>
/// <remarks>
/// First values: ∓3 standard deviations as in the paper, whose 2^b levels have no zero; with a zero, where ±3 deviations would make nine of ten ternary
/// weights zero, the interval of least squared error. a keeps the mean magnitude.
/// </remarks>
public sealed class LearnedWeightInterval : IntervalSource
{
    private readonly CodeRange _range;

    /// <summary>Creates the parameters.</summary>
    /// <param name="device">Where they live.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="range">The codes, symmetric around 0.</param>
    public LearnedWeightInterval(Device device, int channels, CodeRange range)
        : base(device, channels, ["lower", "upper", "scale"], [])
    {
        _range = range;
    }

    /// <inheritdoc/>
    protected internal override void Chain(ReadOnlySpan<float> numbers, in IntervalSums sums, Span<double> gradients)
    {
        double step = sums.InputStep / (2 * _range.High);
        gradients[0] = (sums.Offset / 2) - step;
        gradients[1] = (sums.Offset / 2) + step;
        gradients[2] = sums.OutputStep / _range.High;
    }

    /// <inheritdoc/>
    protected override void Begin(ReadOnlySpan<float> values, Span<float> numbers)
    {
        (double mean, double deviation) = Spread.Of(values);
        double half = _range.HasZero ? StepSearch.Minimize(new SortedMoments(values), _range, 0) * _range.High : Math.Max(3 * deviation, Math.Abs(mean));
        half = half > 0 ? half : _range.High;
        double magnitude = 0, level = 0;
        foreach (float value in values)
        {
            double v = value / half * _range.High;
            double code = _range.Stride == 2 ? (2 * Math.Floor(v / 2)) + 1 : Math.Round(v, MidpointRounding.ToEven);
            magnitude += Math.Abs((double)value);
            level += Math.Abs(Math.Clamp(code, _range.Low, _range.High)) / _range.High;
        }

        numbers[0] = (float)-half;
        numbers[1] = (float)half;
        numbers[2] = (float)(level > 0 && magnitude > 0 ? magnitude / level : half);
    }

    /// <inheritdoc/>
    protected override void BeginAt(float step, Span<float> numbers)
    {
        numbers[0] = -step * _range.High;
        numbers[1] = step * _range.High;
        numbers[2] = numbers[1];
    }

    /// <inheritdoc/>
    protected override void Place(Span<float> numbers, string name, Span<float> grid)
    {
        float lower = Finite(numbers[0], name);
        float width = Steps.Positive(Finite(numbers[1], name) - lower, name);
        numbers[1] = numbers[1] - lower == width ? numbers[1] : lower + width;
        numbers[2] = Steps.Positive(numbers[2], name);
        grid[0] = lower + (width / 2);
        grid[1] = Steps.Positive(width / (2 * _range.High), name);
        grid[2] = Steps.Positive(numbers[2] / _range.High, name);
    }
}
