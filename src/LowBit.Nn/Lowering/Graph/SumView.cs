namespace LowBit.Nn.Lowering.Graph;

/// <summary>
/// One result of a <see cref="SumStep"/>: real value <c>alpha[c]·acc + beta[c] + residual</c>, clamped, on the grid of the output.
/// </summary>
internal sealed class SumView(CodeTensor output, double[] alpha, double[] beta, CodeTensor? residual, int low, int high)
{
    /// <summary>Where the codes go; for logits, a grid of 32 bits whose step is in <see cref="Scale"/>.</summary>
    public CodeTensor Output { get; } = output;

    /// <summary>Real units per unit of the sum, by channel; negative after a negative batch-norm factor.</summary>
    public double[] Alpha { get; } = alpha;

    /// <summary>Real offset, by channel.</summary>
    public double[] Beta { get; } = beta;

    /// <summary>Codes that are added, or null.</summary>
    public CodeTensor? Residual { get; } = residual;

    /// <summary>Lowest result.</summary>
    public int Low { get; } = low;

    /// <summary>Highest result.</summary>
    public int High { get; } = high;

    /// <summary>Real units of the sum per output code: the step with which codes are made; for logits a double that is no trained step.</summary>
    public required double Scale { get; init; }

    /// <summary>Multipliers, shifts and rounding offsets by channel, made once from the numbers above.</summary>
    public FixedPointRule[] Rules { get; set; } = [];

    public bool IsLogits => Output.Grid.Bits == Runtime.Models.IntegerEdge.LogitBits;
}
