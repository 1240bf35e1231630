using LowBit.Quantization.Nodes;
using LowBit.Tensors;

namespace LowBit.Quantization.StepSources;

/// <summary>
/// The step of one width of a quantizer whose widths share a <see cref="ClipCurve"/>. It keeps the source of an ordinary quantizer of this width up to date, so that
/// both quantize alike bit for bit; gradients flow on to the numbers of the curve.
/// </summary>
public sealed class CurvedStep : StepSource
{
    private readonly ClipCurve _curve;
    private readonly StepSource _own;

    internal CurvedStep(ClipCurve curve, StepSource own, int distance, double ratio)
        : base(own.Step)
    {
        _curve = curve;
        _own = own;
        Distance = distance;
        Ratio = ratio;
    }

    /// <inheritdoc/>
    public override float Slope => _own.Slope;

    /// <summary>b − b₀.</summary>
    internal int Distance { get; }

    /// <summary>This width's number over the curve's level where both stand for one clipping level.</summary>
    internal double Ratio { get; }

    private Tensor Own => _own.Learned!;

    /// <inheritdoc/>
    public override void Start(ReadOnlySpan<float> steps) => _curve.Pass(this, ValuesFor(steps));

    /// <inheritdoc/>
    public override void Refresh(string name)
    {
        Span<float> values = Own.Length <= 256 ? stackalloc float[Own.Length] : new float[Own.Length];
        _curve.Values(this, name, values);
        Own.CopyFrom(values);
        _own.Refresh(name);
    }

    /// <inheritdoc/>
    internal override Tensor? GradientTarget() => NoGradient.IsActive ? null : ClipCurveNode.Apply(_curve, Own, Distance);

    /// <inheritdoc/>
    internal override IEnumerable<(string Name, Tensor Tensor)> State() => _own.State();

    /// <summary>The numbers with which an ordinary quantizer of this width has these steps.</summary>
    internal float[] ValuesFor(ReadOnlySpan<float> steps)
    {
        _own.Start(steps);
        return Own.ToArray();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _own.Dispose();
        base.Dispose(disposing);
    }
}
