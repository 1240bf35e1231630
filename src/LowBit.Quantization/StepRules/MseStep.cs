using LowBit.Quantization.Calibration;

namespace LowBit.Quantization.StepRules;

/// <summary>The step of least squared error <c>Σ(x − s·(q(x) − z))²</c>, searched on the exact values.</summary>
/// <remarks>For a large sample of N(0, 1) and codes −7..7 the step is 0.3534. Costs a sort and about 150 passes over the levels.</remarks>
public sealed class MseStep : StepRule
{
    /// <summary>Name in options.</summary>
    public const string Kind = "mse";

    /// <inheritdoc/>
    public override string Name => Kind;

    /// <inheritdoc/>
    protected override double Estimate(ReadOnlySpan<float> values, CodeRange range, int zeroPoint) =>
        StepSearch.Minimize(new SortedMoments(values), range, zeroPoint);
}
