using LowBit.Kernels.Devices;
using LowBit.Quantization.StepRules;

namespace LowBit.Quantization.StepSources;

/// <summary>
/// DSQ: the upper bound u of the clipping interval is learned, <c>s = u / (High − z)</c>; the lower bound is the lowest level, s·(Low − z), so that zero
/// is a level. The softness α of the steps that gradients see is learned too, or fixed. Gong et al. 2019, arXiv:1908.05033, section 3.3.
/// </summary>
/// <remarks>
/// dy/ds = q − D·v: the exact derivative of the soft steps at a fixed cell, and the clipping code outside. dy/dα = s·dq/dα of the soft steps, though
/// values are hard; α stays within 2^−10 to ½.
/// </remarks>
public sealed class LearnedBound : IntervalSource
{
    /// <summary>The least softness.</summary>
    public const float Hardest = 1f / 1024;

    /// <summary>The largest softness.</summary>
    public const float Softest = 0.5f;

    private readonly CodeRange _range;
    private readonly int _zeroPoint;
    private readonly StepRule _rule;
    private readonly float _alpha;
    private readonly bool _learnsAlpha;

    /// <summary>Creates the parameter.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="range">The codes.</param>
    /// <param name="zeroPoint">Code of real zero.</param>
    /// <param name="rule">Gives the first step.</param>
    /// <param name="alpha">The softness, or the first one: 2^−10 to ½.</param>
    /// <param name="learnsAlpha">False: α stays.</param>
    public LearnedBound(Device device, int channels, CodeRange range, int zeroPoint, StepRule rule, float alpha, bool learnsAlpha)
        : base(device, channels, learnsAlpha ? ["upper", "alpha"] : ["upper"], [])
    {
        _range = range;
        _zeroPoint = zeroPoint;
        _rule = rule;
        _alpha = alpha;
        _learnsAlpha = learnsAlpha;
    }

    private int Top => _range.High - _zeroPoint;

    /// <inheritdoc/>
    protected internal override void Chain(ReadOnlySpan<float> numbers, in IntervalSums sums, Span<double> gradients)
    {
        gradients[0] = sums.Rest / Top;
        if (_learnsAlpha)
        {
            gradients[1] = (double)numbers[0] / Top * sums.Softening;
        }
    }

    /// <inheritdoc/>
    protected override void Begin(ReadOnlySpan<float> values, Span<float> numbers) => BeginAt(_rule.Step(values, _range, _zeroPoint), numbers);

    /// <inheritdoc/>
    protected override void BeginAt(float step, Span<float> numbers)
    {
        numbers[0] = step * Top;
        if (_learnsAlpha)
        {
            numbers[1] = _alpha;
        }
    }

    /// <inheritdoc/>
    protected override void Place(Span<float> numbers, string name, Span<float> grid)
    {
        numbers[0] = Steps.Positive(numbers[0], name);
        float step = Steps.Positive(numbers[0] / Top, name);
        grid[0] = 0;
        grid[1] = step;
        grid[2] = step;
        grid[3] = _alpha;
        if (_learnsAlpha)
        {
            numbers[1] = Math.Clamp(Finite(numbers[1], name), Hardest, Softest);
            grid[3] = numbers[1];
        }
    }
}
