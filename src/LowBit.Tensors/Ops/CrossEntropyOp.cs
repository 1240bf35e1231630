using LowBit.Kernels.Devices;

namespace LowBit.Tensors.Ops;

/// <summary>Softmax and cross-entropy in one op.</summary>
public static class CrossEntropyOp
{
    /// <summary>
    /// The mean over the batch of <c>−(1 − ε)·log p[label] − ε/C·Σ_c log p[c]</c> with p = softmax(logits) and label smoothing ε
    /// (Szegedy et al. 2016, arXiv:1512.00567, section 7).
    /// </summary>
    /// <param name="logits"><c>[batch, classes]</c>, at least one row.</param>
    /// <param name="labels">One class per row, 0 to classes − 1.</param>
    /// <param name="smoothing">ε, 0 to 1.</param>
    /// <returns>A single number. Gradient: gx[n, c] += gy/batch·(p[n, c] − (1 − ε)·[c = label] − ε/C).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit or a label is no class.</exception>
    public static Tensor CrossEntropy(this Tensor logits, ReadOnlySpan<int> labels, float smoothing = 0)
    {
        ArgumentNullException.ThrowIfNull(logits);
        if (logits.Shape.Rank != 2 || logits.Length == 0 || logits.Shape[0] != labels.Length)
        {
            throw new ArgumentException($"CrossEntropy: logits are [batch, classes] and labels [batch]; got {logits.Shape} and [{labels.Length}]", nameof(labels));
        }

        if (!(smoothing is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, "label smoothing is 0 to 1");
        }

        int rows = logits.Shape[0], classes = logits.Shape[1];
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classes)
            {
                throw new ArgumentException($"CrossEntropy: label {labels[i]} of row {i} is not one of {classes} classes", nameof(labels));
            }
        }

        var node = new CrossEntropyNode(logits, smoothing);
        Tensor loss = Node.Output(node, Shape.Scalar);
        Device device = logits.Device;
        device.Upload(labels, node.Labels.Buffer);
        using Tensor losses = Tensor.AllocateUnscoped(device, new Shape(rows));
        device.CrossEntropyForward(rows, classes, logits.Buffer, node.Labels.Buffer, smoothing, node.Probabilities.Buffer, losses.Buffer);
        double sum = 0;
        foreach (float l in losses.ToArray())
        {
            sum += l;
        }

        device.Fill(1, (float)(sum / rows), loss.Buffer);
        if (!node.IsRecorded)
        {
            node.ReleaseOwned();
        }

        return loss;
    }
}

/// <summary>Keeps the probabilities and the labels (int32), not the logits.</summary>
internal sealed class CrossEntropyNode : Node
{
    private readonly Tensor _logits;
    private readonly float _smoothing;

    public CrossEntropyNode(Tensor logits, float smoothing)
        : base(logits)
    {
        _logits = logits;
        _smoothing = smoothing;
        Labels = Own(new Shape(logits.Shape[0]));
        Probabilities = Own(logits.Shape);
    }

    public Tensor Labels { get; }

    public Tensor Probabilities { get; }

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        if (gradients.For(_logits) is { } gx)
        {
            float scale = 0;
            Device.Download(outputGradient, new Span<float>(ref scale));
            int rows = _logits.Shape[0];
            Device.CrossEntropyBackward(rows, _logits.Shape[1], Probabilities.Buffer, Labels.Buffer, _smoothing, scale / rows, gx);
        }
    }
}
