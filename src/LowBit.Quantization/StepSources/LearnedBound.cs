using LowBit.Kernels.Devices;
using LowBit.Quantization.StepRules;

namespace LowBit.Quantization.StepSources;

/// <summary>
/// DSQ: the upper bound u of the clipping interval is learned, <c>s = u / (High − z)</c>; the lower bound is the lowest level, s·(Low − z), so that zero
/// is a level. Gong et al. 2019, arXiv:1908.05033, section 3.3.
/// </summary>
/// <remarks>dy/ds = q − D·v: the exact derivative of the soft steps at a fixed cell, and the clipping code outside.</remarks>
public sealed class LearnedBound : IntervalSource
{
    private readonly CodeRange _range;
    private readonly int _zeroPoint;
    private readonly StepRule _rule;

    /// <summary>Creates the parameter.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="range">The codes.</param>
    /// <param name="zeroPoint">Code of real zero.</param>
    /// <param name="rule">Gives the first step.</param>
    public LearnedBound(Device device, int channels, CodeRange range, int zeroPoint, StepRule rule)
        : base(device, channels, ["upper"], [])
    {
        _range = range;
        _zeroPoint = zeroPoint;
        _rule = rule;
    }

    private int Top => _range.High - _zeroPoint;

    /// <inheritdoc/>
    protected internal override void Chain(ReadOnlySpan<float> numbers, in IntervalSums sums, Span<double> gradients) => gradients[0] = sums.Rest / Top;

    /// <inheritdoc/>
    protected override void Begin(ReadOnlySpan<float> values, Span<float> numbers) => BeginAt(_rule.Step(values, _range, _zeroPoint), numbers);

    /// <inheritdoc/>
    protected override void BeginAt(float step, Span<float> numbers) => numbers[0] = step * Top;

    /// <inheritdoc/>
    protected override void Place(Span<float> numbers, string name, Span<float> grid)
    {
        numbers[0] = Steps.Positive(numbers[0], name);
        float step = Steps.Positive(numbers[0] / Top, name);
        grid[0] = 0;
        grid[1] = step;
        grid[2] = step;
    }
}
