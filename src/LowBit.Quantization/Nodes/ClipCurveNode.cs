using LowBit.Kernels.Devices;
using LowBit.Quantization.StepSources;
using LowBit.Tensors;

namespace LowBit.Quantization.Nodes;

/// <summary>
/// The numbers v = level·exp(k·(b − b₀))·ratio of one width. Keeps, on the host, what the backward pass needs: glevel += g·v/level,
/// gk += g·v·(b − b₀)·scale.
/// </summary>
internal sealed class ClipCurveNode(ClipCurve curve, int distance) : Node(curve.Level, curve.Slope)
{
    private float[] _values = [];
    private float[] _level = [];

    public override string Name => "clip_curve";

    public override bool KeepsOutput => false;

    public static Tensor Apply(ClipCurve curve, Tensor values, int distance)
    {
        var node = new ClipCurveNode(curve, distance) { _values = values.ToArray(), _level = curve.Level.ToArray() };
        Tensor y = Output(node, values.Shape);
        y.CopyFrom(values);
        return y;
    }

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        var upstream = new float[_values.Length];
        Device.Download<float>(outputGradient, upstream);
        var level = new double[upstream.Length];
        var slope = new double[upstream.Length];
        for (int c = 0; c < upstream.Length; c++)
        {
            level[c] = (double)upstream[c] * _values[c] / _level[c];
            slope[c] = (double)upstream[c] * _values[c] * distance * curve.SlopeGradientScale(_level[c]);
        }

        HostGradients.Add(gradients, curve.Level, level, 1);
        if (curve.Slope is { } k)
        {
            HostGradients.Add(gradients, k, slope, 1);
        }
    }
}
