using LowBit.Kernels.Devices;

namespace LowBit.Tensors.Ops;

/// <summary>Batch normalisation over all dimensions but the last. Ioffe and Szegedy 2015, arXiv:1502.03167.</summary>
public static class BatchNormOp
{
    /// <summary>
    /// Training: y = γ·(x − μ_B)/√(σ²_B + ε) + β with mean μ_B and biased variance σ²_B of the batch per channel. Moves the
    /// running statistics: running ← (1 − momentum)·running + momentum·batch, the variance unbiased (factor n/(n − 1)).
    /// </summary>
    /// <param name="x"><c>[…, channels]</c>, at least two samples per channel.</param>
    /// <param name="gamma">γ, <c>[channels]</c>.</param>
    /// <param name="beta">β, <c>[channels]</c>.</param>
    /// <param name="runningMean"><c>[channels]</c>, updated in place, no gradient.</param>
    /// <param name="runningVariance"><c>[channels]</c>, updated in place, no gradient.</param>
    /// <param name="momentum">Weight of the new batch, 0 to 1.</param>
    /// <param name="epsilon">ε, positive.</param>
    /// <returns>The shape of x. Gradients to x (through the statistics as well), γ and β.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit or there is only one sample per channel.</exception>
    public static Tensor BatchNormTraining(
        this Tensor x, Tensor gamma, Tensor beta, Tensor runningMean, Tensor runningVariance, float momentum = 0.1f, float epsilon = 1e-5f)
    {
        int channels = Check(x, gamma, beta, runningMean, runningVariance, epsilon);
        if (!(momentum is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "the momentum of batch normalisation is 0 to 1");
        }

        int rows = x.Length / channels;
        if (rows < 2)
        {
            throw ShapeError.Of("BatchNorm", $"training needs at least 2 samples per channel to have a variance, x has {rows}", x, gamma);
        }

        var node = new BatchNormNode(rows, x, gamma, beta);
        Tensor y = Node.Output(node, x.Shape);
        x.Device.BatchNormForward(
            rows, channels, x.Buffer, gamma.Buffer, beta.Buffer, epsilon, momentum, runningMean.Buffer, runningVariance.Buffer,
            node.Mean.Buffer, node.InverseDeviation.Buffer, y.Buffer);
        if (!node.IsRecorded)
        {
            node.ReleaseOwned();
        }

        return y;
    }

    /// <summary>Evaluation: y = γ·(x − running mean)/√(running variance + ε) + β.</summary>
    /// <param name="x"><c>[…, channels]</c>.</param>
    /// <param name="gamma">γ, <c>[channels]</c>.</param>
    /// <param name="beta">β, <c>[channels]</c>.</param>
    /// <param name="runningMean"><c>[channels]</c>, a constant of the op.</param>
    /// <param name="runningVariance"><c>[channels]</c>, a constant of the op.</param>
    /// <param name="epsilon">ε, positive.</param>
    /// <returns>The shape of x. Gradients to x, γ and β.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor BatchNormEvaluation(
        this Tensor x, Tensor gamma, Tensor beta, Tensor runningMean, Tensor runningVariance, float epsilon = 1e-5f)
    {
        int channels = Check(x, gamma, beta, runningMean, runningVariance, epsilon);
        int rows = channels == 0 ? 0 : x.Length / channels;
        Tensor y = Node.Output(new BatchNormEvaluationNode(rows, x, gamma, beta, runningMean, runningVariance, epsilon), x.Shape);
        x.Device.BatchNormInference(
            rows, channels, x.Buffer, gamma.Buffer, beta.Buffer, epsilon, runningMean.Buffer, runningVariance.Buffer, y.Buffer);
        return y;
    }

    private static int Check(Tensor x, Tensor gamma, Tensor beta, Tensor runningMean, Tensor runningVariance, float epsilon)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape.Rank < 2 || x.Shape[-1] < 1)
        {
            throw ShapeError.Of("BatchNorm", "x is [..., channels] with at least 2 dimensions", x);
        }

        foreach (Tensor t in (ReadOnlySpan<Tensor>)[gamma, beta, runningMean, runningVariance])
        {
            ArgumentNullException.ThrowIfNull(t);
            if (t.Shape.Rank != 1 || t.Length != x.Shape[-1])
            {
                throw ShapeError.Of("BatchNorm", "x is [..., channels] and gamma, beta and the running statistics are [channels]", x, t);
            }
        }

        if (!(epsilon > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "the epsilon of batch normalisation is positive");
        }

        return x.Shape[-1];
    }
}

/// <summary>Keeps x, γ and the statistics of the batch.</summary>
internal sealed class BatchNormNode : Node
{
    private readonly int _rows;
    private readonly Tensor _x;
    private readonly Tensor _gamma;
    private readonly Tensor _beta;

    public BatchNormNode(int rows, Tensor x, Tensor gamma, Tensor beta)
        : base(x, gamma, beta)
    {
        _rows = rows;
        _x = x;
        _gamma = gamma;
        _beta = beta;
        Mean = Own(gamma.Shape);
        InverseDeviation = Own(gamma.Shape);
    }

    public Tensor Mean { get; }

    public Tensor InverseDeviation { get; }

    public override bool KeepsOutput => false;

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
        => Device.BatchNormBackward(
            _rows, _gamma.Length, _x.Buffer, outputGradient, _gamma.Buffer, Mean.Buffer, InverseDeviation.Buffer,
            gradients.For(_x), gradients.For(_gamma), gradients.For(_beta));
}

/// <summary>Keeps x, γ and the running statistics.</summary>
internal sealed class BatchNormEvaluationNode(
    int rows, Tensor x, Tensor gamma, Tensor beta, Tensor runningMean, Tensor runningVariance, float epsilon) : Node(x, gamma, beta)
{
    public override bool KeepsOutput => false;

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
        => Device.BatchNormInferenceBackward(
            rows, gamma.Length, x.Buffer, outputGradient, gamma.Buffer, epsilon, runningMean.Buffer, runningVariance.Buffer,
            gradients.For(x), gradients.For(gamma), gradients.For(beta));
}
