namespace LowBit.Quantization;

/// <summary>What a recipe says about one quantizer. Every value is checked when the quantizer is built.</summary>
public sealed record QuantizerOptions
{
    /// <summary>Name of the method, one of <see cref="QuantizerFactory.Methods"/>.</summary>
    public string Method { get; init; } = "lsq";

    /// <summary>Code width, 1 to 8.</summary>
    public int Bits { get; init; } = 4;

    /// <summary>
    /// The widths between which the quantizer can be switched, each 1 to 8, <see cref="Bits"/> among them; empty for <see cref="Bits"/> alone. Only with the
    /// methods of <see cref="QuantizerFactory.SwitchableMethods"/>.
    /// </summary>
    public IReadOnlyList<int> Widths { get; init; } = [];

    /// <summary>With several <see cref="Widths"/>: how the clipping level depends on the width.</summary>
    public ClippingForm Clipping { get; init; } = ClippingForm.Table;

    /// <summary>Weights: one step per output channel instead of one per tensor.</summary>
    public bool PerChannel { get; init; }

    /// <summary>Activations: codes on both sides of zero (stored with zero point 2^(b−1)) instead of 0 to 2^b − 1. Needs 2 bits or more.</summary>
    public bool Signed { get; init; }

    /// <summary>Weights: which codes.</summary>
    public WeightGrid Grid { get; init; } = WeightGrid.Narrow;

    /// <summary>
    /// How the (first) step is found: one of <see cref="StepRules.StepRuleFactory.Names"/>, or null for the method's own way (with several <see cref="Widths"/> least squared error). Weightnorm also has <c>constant</c>:
    /// α starts at 3 for weights and at <see cref="ClipStart"/> for activations.
    /// </summary>
    public string? Init { get; init; }

    /// <summary>The percentile when <see cref="Init"/> is <c>percentile</c>; above 0, at most 100.</summary>
    public double Percentile { get; init; } = 99.9;

    /// <summary>LSQ, LSQ+, APoT, weightnorm, EWGS, DSQ, QIL: multiply the gradients of what the quantizer learns by 1/√(N·Qp).</summary>
    public bool ScaleStepGradient { get; init; } = true;

    /// <summary>PACT and APoT activations, and weightnorm's with a constant start: the first clipping level α; positive. The papers start at 8 to 10.</summary>
    public float ClipStart { get; init; } = 8;

    /// <summary>PACT: λ of the penalty λ/2·α² on the clipping level; 0 or more.</summary>
    public float ClipPenalty { get; init; } = 1e-4f;

    /// <summary>Uniform activations: momentum of the moving averages of the extremes, in [0, 1).</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>EWGS: δ ≥ 0, how much a gradient grows with the distance of a value from its level; 0 is the straight-through estimator.</summary>
    public float EwgsDelta { get; init; } = 1e-3f;

    /// <summary>DSQ: the (first) α in [2^−10, ½], the softness of the steps that gradients see.</summary>
    public float DsqAlpha { get; init; } = 0.4f;

    /// <summary>DSQ: learn α; false leaves it where it starts.</summary>
    public bool LearnAlpha { get; init; } = true;

    /// <summary>Weightnorm weights: mean and deviation are constants of the backward pass; false: the gradient goes through both.</summary>
    public bool DetachStatistics { get; init; } = true;

    /// <summary>Weightnorm weights: no gradient for clipped weights; false: the gradient passes the clip.</summary>
    public bool MaskWeightGradient { get; init; }

    /// <summary>QIL weights: learn the exponent γ; false leaves it at 1.</summary>
    public bool LearnGamma { get; init; } = true;
}
