using LowBit.Kernels.Devices;
using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Reductions;

namespace LowBit.Tensors.Ops;

/// <summary>How far a model's answers are from a teacher's.</summary>
public static class DistillationOp
{
    /// <summary>
    /// The mean over the batch of <c>T²·KL(p ‖ q) = T²·Σ_c p[c]·(log p[c] − log q[c])</c> with p = softmax(target/T) and q = softmax(logits/T).
    /// The factor T² keeps the gradient's size when T changes (Hinton et al. 2015, arXiv:1503.02531, section 2).
    /// </summary>
    /// <param name="logits">The model's, <c>[batch, classes]</c>, at least one row.</param>
    /// <param name="target">The teacher's, <c>[batch, classes]</c>; a constant of the op.</param>
    /// <param name="temperature">T, positive: the higher, the more the small probabilities count.</param>
    /// <returns>A single number, 0 or more. Gradient: gx[n, c] += gy·T/batch·(q[n, c] − p[n, c]).</returns>
    /// <exception cref="ArgumentException">The shapes differ or are no rows of classes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not above 0.</exception>
    public static Tensor Distillation(this Tensor logits, Tensor target, float temperature)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(target);
        if (logits.Shape.Rank != 2 || logits.Length == 0 || logits.Shape != target.Shape)
        {
            throw ShapeError.Of("Distillation", "logits and target are [batch, classes], alike and not empty", logits, target);
        }

        if (!(temperature > 0 && float.IsFinite(temperature)))
        {
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, $"a temperature is above 0, got {temperature}");
        }

        int rows = logits.Shape[0], classes = logits.Shape[1], length = logits.Length;
        Device device = logits.Device;
        var node = new DistillationNode(logits, temperature);
        Tensor loss = Node.Output(node, Shape.Scalar);
        using Tensor logP = Tensor.AllocateUnscoped(device, logits.Shape), logQ = Tensor.AllocateUnscoped(device, logits.Shape);
        using Tensor p = Tensor.AllocateUnscoped(device, logits.Shape);
        device.Scale(length, 1 / temperature, target.Buffer, p.Buffer);
        device.LogSoftmaxForward(rows, classes, p.Buffer, logP.Buffer);
        device.Scale(length, 1 / temperature, logits.Buffer, p.Buffer);
        device.LogSoftmaxForward(rows, classes, p.Buffer, logQ.Buffer);
        device.Unary<Exp>(length, logP.Buffer, p.Buffer);
        device.Binary<Subtract>(length, logP.Buffer, logQ.Buffer, logP.Buffer);
        device.Binary<Multiply>(length, p.Buffer, logP.Buffer, logP.Buffer);
        double sum = device.Reduce<Sum>(length, logP.Buffer);
        device.Fill(1, (float)(sum * temperature * temperature / rows), loss.Buffer);
        device.Unary<Exp>(length, logQ.Buffer, logQ.Buffer);
        device.Binary<Subtract>(length, logQ.Buffer, p.Buffer, node.Difference.Buffer);
        if (!node.IsRecorded)
        {
            node.ReleaseOwned();
        }

        return loss;
    }
}

/// <summary>Keeps q − p, not the logits.</summary>
internal sealed class DistillationNode : Node
{
    private readonly Tensor _logits;
    private readonly float _temperature;

    public DistillationNode(Tensor logits, float temperature)
        : base(logits)
    {
        _logits = logits;
        _temperature = temperature;
        Difference = Own(logits.Shape);
    }

    public Tensor Difference { get; }

    public override bool KeepsOutput => false;

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        if (gradients.For(_logits, out bool add) is { } gx)
        {
            float g = 0;
            Device.Download(outputGradient, new Span<float>(ref g));
            float factor = g * _temperature / _logits.Shape[0];
            if (add)
            {
                Device.Accumulate(_logits.Length, factor, Difference.Buffer, gx);
            }
            else
            {
                Device.Scale(_logits.Length, factor, Difference.Buffer, gx);
            }
        }
    }
}
