using LowBit.Kernels.Devices;
using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Reductions;
using LowBit.Tensors;

namespace LowBit.Quantization.Nodes;

/// <summary>
/// y = (x − μ)/(σ + ε), a = 1/(σ + ε). Keeps y: gx += a·(g − mean g) − y·Σ(g·y)/(n·σ); with detached statistics it keeps nothing: gx += a·g.
/// </summary>
internal sealed class StandardizeNode(Tensor x, bool isDetached) : Node(x)
{
    private Tensor? _result;
    private double _deviation;
    private double _factor;

    public override bool KeepsOutput => !isDetached;

    public static Tensor Apply(Tensor x, float mean, double epsilon, bool isDetached)
    {
        var node = new StandardizeNode(x, isDetached);
        Tensor y = Output(node, x.Shape);
        x.Device.Fill(x.Length, -mean, y.Buffer);
        x.Device.Accumulate(x.Length, 1, x.Buffer, y.Buffer);
        node._deviation = Math.Sqrt(x.Device.Reduce<SumOfSquares>(x.Length, y.Buffer) / x.Length);
        node._factor = 1 / (node._deviation + epsilon);
        x.Device.Scale(x.Length, (float)node._factor, y.Buffer, y.Buffer);
        node._result = y;
        return y;
    }

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        if (gradients.For(x) is not { } gx)
        {
            return;
        }

        int n = x.Length;
        if (isDetached)
        {
            Device.Accumulate(n, (float)_factor, outputGradient, gx);
            return;
        }

        double mean = Device.Reduce<Sum>(n, outputGradient) / n;
        using Tensor scratch = Tensor.Allocate(Device, x.Shape);
        Device.Fill(n, (float)(-_factor * mean), scratch.Buffer);
        Device.Accumulate(n, 1, scratch.Buffer, gx);
        Device.Accumulate(n, (float)_factor, outputGradient, gx);
        if (_deviation > 0)
        {
            Device.Binary<Multiply>(n, outputGradient, _result!.Buffer, scratch.Buffer);
            double along = Device.Reduce<Sum>(n, scratch.Buffer);
            Device.Accumulate(n, (float)(-along / (n * _deviation)), _result.Buffer, gx);
        }
    }
}
