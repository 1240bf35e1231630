using LowBit.Kernels.Devices;
using LowBit.Tensors;

namespace LowBit.Quantization.Nodes;

/// <summary>λ/2·α² for a one-element α. Keeps α.</summary>
internal sealed class PenaltyNode(Tensor alpha, float factor) : Node(alpha)
{
    public override bool KeepsOutput => false;

    public static Tensor Apply(Tensor alpha, float factor)
    {
        Tensor y = Output(new PenaltyNode(alpha, factor), Shape.Scalar);
        float value = alpha.Item();
        y.CopyFrom([0.5f * factor * value * value]);
        return y;
    }

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        if (gradients.For(alpha) is { } g)
        {
            Span<float> gy = stackalloc float[1];
            Device.Download(outputGradient, gy);
            Device.Accumulate(1, factor * gy[0], alpha.Buffer, g);
        }
    }
}
