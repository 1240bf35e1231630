using LowBit.Kernels.Devices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Tensors;

namespace LowBit.Quantization.Nodes;

/// <summary>
/// Fused fake-quantization. Keeps its input and the steps it used: the learned tensor itself when that is the step, else a
/// copy, because derived steps may be renewed before the backward pass runs.
/// </summary>
internal sealed class QuantizeNode<TRounding, TEstimator>(Tensor x, Tensor? learned, FakeQuantShape shape, float stepGradientScale)
    : Node(x, learned)
    where TRounding : struct, IRounding
    where TEstimator : struct, IEstimator
{
    private Tensor? _steps;

    public override string Name => $"quantize({TRounding.Name}, {TEstimator.Name})";

    public override bool KeepsOutput => false;

    public Tensor Run(Tensor input, Tensor steps)
    {
        Tensor y = Output(this, input.Shape);
        Device.FakeQuantForward<TRounding>(shape, input.Buffer, steps.Buffer, y.Buffer);
        if (IsRecorded)
        {
            _steps = steps;
            if (!ReferenceEquals(steps, learned))
            {
                _steps = Own(steps.Shape);
                Device.Copy(steps.Length, steps.Buffer, _steps.Buffer);
            }
        }

        return y;
    }

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        bool holdsOther = false;
        DeviceBuffer? gx = gradients.InPlace(x) ?? gradients.For(x, out holdsOther);
        DeviceBuffer? gs = learned is null ? null : gradients.For(learned);
        if (gx is not null || gs is not null)
        {
            Device.FakeQuantBackward<TRounding, TEstimator>(shape, x.Buffer, _steps!.Buffer, outputGradient, stepGradientScale, gx, holdsOther, gs);
        }
    }
}
