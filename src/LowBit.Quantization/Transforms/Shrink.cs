using LowBit.Kernels.Devices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Quantization.Calibration;
using LowBit.Quantization.Nodes;
using LowBit.Quantization.StepRules;
using LowBit.Tensors;

namespace LowBit.Quantization.Transforms;

/// <summary>
/// QIL's transformer of weights: <c>y = A·sign(w)·t^γ</c>, <c>t = clip((|w| − c)/(2d) + ½, 0, 1)</c>, with a learned centre c, half-width d and exponent γ of
/// the interval for each channel. Weights below c − d become 0, above c + d they are clipped. Jung et al. 2019, arXiv:1808.05779, equations 1 to 4.
/// </summary>
/// <remarks>
/// First values: γ = 1, c = d and c + d = the top of the grid whose step the rule gives, so that training starts as plain quantization. The paper's
/// result lies in [−1, 1]; the constant A = c + d of the first weights keeps their magnitude.
/// </remarks>
public sealed class Shrink : WeightTransform
{
    private readonly CodeRange _range;
    private readonly StepRule _rule;
    private readonly bool _learnsGamma;
    private readonly bool _scalesGradient;
    private readonly Tensor _center;
    private readonly Tensor _width;
    private readonly Tensor _gamma;
    private readonly Tensor _scale;
    private readonly Tensor _grid;

    /// <summary>Creates the numbers.</summary>
    /// <param name="device">Where they live.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="range">The codes, symmetric around zero.</param>
    /// <param name="rule">Gives the first step of a channel.</param>
    /// <param name="options">Whether γ is learned and gradients are scaled.</param>
    public Shrink(Device device, int channels, CodeRange range, StepRule rule, QuantizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _range = range;
        _rule = rule;
        _learnsGamma = options.LearnGamma;
        _scalesGradient = options.ScaleStepGradient;
        var shape = new Shape(channels);
        _center = Learned(device, shape, "center");
        _width = Learned(device, shape, "width");
        _gamma = Learned(device, shape, "gamma");
        _gamma.RequiresGradient = _learnsGamma;
        _scale = Tensor.Full(device, shape, 1).Persist();
        _grid = Tensor.Full(device, new Shape(channels, ShrinkGrid.Length), 1).Persist();
    }

    /// <inheritdoc/>
    public override string Name => "shrink";

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Tensor)> Parameters() =>
        _learnsGamma ? [("center", _center), ("width", _width), ("gamma", _gamma)] : [("center", _center), ("width", _width)];

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Tensor)> Buffers() => [("scale", _scale)];

    /// <inheritdoc/>
    public override float[] Begin(ReadOnlySpan<float> weights)
    {
        _ = ValueRange.Of(weights);
        int channels = _scale.Length;
        int inner = weights.Length / channels;
        var tops = new float[channels];
        for (int c = 0; c < channels; c++)
        {
            ReadOnlySpan<float> own = weights.Slice(c * inner, inner);
            tops[c] = _rule.Step(own.IndexOfAnyExcept(0f) < 0 ? weights : own, _range) * _range.High;
        }

        _scale.CopyFrom(tops);
        float[] half = Array.ConvertAll(tops, static top => top / 2);
        _center.CopyFrom(half);
        _width.CopyFrom(half);
        return Array.ConvertAll(tops, top => top / _range.High);
    }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        int channels = _scale.Length;
        Refresh();
        var shape = new FakeQuantShape(channels, weights.Length / channels, _range.Low, _range.High);
        double scale = _scalesGradient ? 1 / Math.Sqrt((double)shape.Inner * _range.High) : 1;
        return new ShrinkNode(weights, [_center, _width, _gamma], shape, scale).Run(_grid);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (Tensor tensor in (Tensor[])[_center, _width, _gamma, _scale, _grid])
        {
            tensor.Dispose();
        }

        base.Dispose(disposing);
    }

    private static Tensor Learned(Device device, Shape shape, string name)
    {
        Tensor tensor = Tensor.Full(device, shape, 1).Persist();
        tensor.RequiresGradient = true;
        tensor.Name = name;
        return tensor;
    }

    // An optimiser may leave a width or an exponent negative: as with steps, the magnitude counts.
    private void Refresh()
    {
        float[] center = _center.ToArray(), width = _width.ToArray(), gamma = _gamma.ToArray(), scale = _scale.ToArray();
        var grid = new float[center.Length * ShrinkGrid.Length];
        bool changed = false;
        for (int c = 0; c < center.Length; c++)
        {
            (float d, float power) = (Steps.Positive(width[c], Name), Steps.Positive(gamma[c], Name));
            changed |= d != width[c] || power != gamma[c];
            (width[c], gamma[c]) = (d, power);
            Span<float> own = grid.AsSpan(c * ShrinkGrid.Length, ShrinkGrid.Length);
            own[0] = center[c];
            own[1] = d;
            own[2] = power;
            own[3] = scale[c];
        }

        if (changed)
        {
            _width.CopyFrom(width);
            _gamma.CopyFrom(gamma);
        }

        _grid.CopyFrom(grid);
    }
}
