namespace LowBit.Quantization.StepSources;

/// <summary>
/// What the backward pass knows of one channel of <c>y = r·q</c>, <c>q = clamp(round(v))</c>, <c>v = (x − o)/s</c>, with g the output's gradient and
/// D = dq/dv: everything from which the gradients of o, s, r and the slope's softness α follow.
/// </summary>
/// <param name="Rest">Σ g·(q − D·v).</param>
/// <param name="Slopes">Σ g·D.</param>
/// <param name="Weighted">Σ g·D·v.</param>
/// <param name="Total">Σ g.</param>
/// <param name="Softening">Σ g·dq/dα; dL/dα is r times it.</param>
/// <param name="Factor">r/s.</param>
public readonly record struct IntervalSums(double Rest, double Slopes, double Weighted, double Total, double Softening, double Factor)
{
    /// <summary>dL/dr = Σ g·q.</summary>
    public double OutputStep => Rest + Weighted;

    /// <summary>dL/do = −(r/s)·Σ g·D.</summary>
    public double Offset => -Factor * Slopes;

    /// <summary>dL/ds = −(r/s)·Σ g·D·v for an input step that is not the output step.</summary>
    public double InputStep => -Factor * Weighted;
}
