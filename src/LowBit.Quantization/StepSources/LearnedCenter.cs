using LowBit.Kernels.Devices;
using LowBit.Quantization.StepRules;

namespace LowBit.Quantization.StepSources;

/// <summary>
/// QIL for activations: centre c and half-width d of the interval are learned; below c − d is code 0, above c + d the highest:
/// <c>o = c − d</c>, <c>s = 2d/High</c>, and the result is <c>A·q/High</c>. Jung et al. 2019, arXiv:1808.05779, equations 2 to 4 with γ = 1.
/// </summary>
/// <remarks>
/// First values: c = d, so that the interval starts at zero, and c + d from the rule. The paper's result lies in [0, 1]; A = c + d of the first batch, a
/// constant, keeps the edge's magnitude.
/// </remarks>
public sealed class LearnedCenter : IntervalSource
{
    private readonly CodeRange _range;
    private readonly StepRule _rule;

    /// <summary>Creates the parameters.</summary>
    /// <param name="device">Where they live.</param>
    /// <param name="range">The codes, from 0 up.</param>
    /// <param name="rule">Gives the first step, hence c + d.</param>
    public LearnedCenter(Device device, CodeRange range, StepRule rule)
        : base(device, 1, ["center", "width"], ["scale"])
    {
        _range = range;
        _rule = rule;
    }

    /// <inheritdoc/>
    protected internal override void Chain(ReadOnlySpan<float> numbers, in IntervalSums sums, Span<double> gradients)
    {
        gradients[0] = sums.Offset;
        gradients[1] = (2 * sums.InputStep / _range.High) - sums.Offset;
    }

    /// <inheritdoc/>
    protected override void Begin(ReadOnlySpan<float> values, Span<float> numbers) => BeginAt(_rule.Step(values, _range), numbers);

    /// <inheritdoc/>
    protected override void BeginAt(float step, Span<float> numbers)
    {
        numbers[2] = step * _range.High;
        numbers[0] = numbers[2] / 2;
        numbers[1] = numbers[0];
    }

    /// <inheritdoc/>
    protected override void Place(Span<float> numbers, string name, Span<float> grid)
    {
        numbers[1] = Steps.Positive(numbers[1], name);
        grid[0] = Finite(numbers[0], name) - numbers[1];
        grid[1] = Steps.Positive(2 * numbers[1] / _range.High, name);
        grid[2] = Steps.Positive(numbers[2] / _range.High, name);
    }
}
