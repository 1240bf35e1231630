using LowBit.Kernels.Devices;
using LowBit.Kernels.Rng;
using LowBit.Nn.Lowering;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Nn.Layers;

/// <summary>
/// Batch normalisation <c>y = γ·(x − μ)/√(σ² + ε) + β</c> per channel of <c>[N, H, W, C]</c> or <c>[N, C]</c>: batch statistics in
/// training, running statistics in evaluation. Ioffe and Szegedy 2015, arXiv:1502.03167.
/// </summary>
public sealed class BatchNorm2d : Module
{
    /// <summary>Creates a layer with γ = 1, β = 0, running mean 0 and running variance 1.</summary>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="channels">C, 1 or more.</param>
    /// <param name="epsilon">ε, positive.</param>
    /// <param name="momentum">Share of the new batch in the running statistics, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public BatchNorm2d(Device device, int channels, float epsilon = 1e-5f, float momentum = 0.1f)
        : base(device)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        ArgumentOutOfRangeException.ThrowIfNegative(momentum);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(momentum, 1);
        Epsilon = epsilon;
        Momentum = momentum;
        var shape = new Shape(channels);
        Gamma = RegisterParameter("weight", Tensor.Full(device, shape, 1), ParameterRole.Normalization);
        Beta = RegisterParameter("bias", Tensor.Zeros(device, shape), ParameterRole.Normalization);
        RunningMean = RegisterBuffer("running_mean", Tensor.Zeros(device, shape));
        RunningVariance = RegisterBuffer("running_var", Tensor.Full(device, shape, 1));
    }

    /// <summary>γ <c>[C]</c>, called <c>weight</c> in checkpoints.</summary>
    public Tensor Gamma { get; }

    /// <summary>β <c>[C]</c>, called <c>bias</c> in checkpoints.</summary>
    public Tensor Beta { get; }

    /// <summary>Running mean <c>[C]</c>.</summary>
    public Tensor RunningMean { get; }

    /// <summary>Running unbiased variance <c>[C]</c>.</summary>
    public Tensor RunningVariance { get; }

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    /// <summary>Share of the new batch in the running statistics.</summary>
    public float Momentum { get; }

    /// <summary>True to use (and leave alone) the running statistics during training too, as in the last epochs of quantized training.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>True when <see cref="Forward"/> normalises by the statistics of the batch and moves the running ones.</summary>
    public bool UsesBatch => Training && !IsFrozen;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return UsesBatch
            ? x.BatchNormTraining(Gamma, Beta, RunningMean, RunningVariance, Momentum, Epsilon)
            : x.BatchNormEvaluation(Gamma, Beta, RunningMean, RunningVariance, Epsilon);
    }

    /// <inheritdoc/>
    /// <remarks><c>factor = γ / √(σ² + ε)</c> and <c>shift = β − μ·factor</c>, in doubles and in this order, so that every machine gets the same integers.</remarks>
    public override LoweredEdge Lower(LoweringContext context, LoweredEdge input)
    {
        ArgumentNullException.ThrowIfNull(context);
        float[] gamma = Gamma.ToArray(), beta = Beta.ToArray(), mean = RunningMean.ToArray(), variance = RunningVariance.ToArray();
        var factor = new double[gamma.Length];
        var shift = new double[gamma.Length];
        for (int c = 0; c < factor.Length; c++)
        {
            factor[c] = gamma[c] / Math.Sqrt((double)variance[c] + Epsilon);
            shift[c] = beta[c] - (mean[c] * factor[c]);
        }

        return context.Affine(Path, input, factor, shift);
    }

    /// <inheritdoc/>
    protected override void ResetParameters(Func<string, PhiloxKey> keyOf)
    {
        Device.Fill(Gamma.Length, 1, Gamma.Buffer);
        Device.Fill(Beta.Length, 0, Beta.Buffer);
        Device.Fill(RunningMean.Length, 0, RunningMean.Buffer);
        Device.Fill(RunningVariance.Length, 1, RunningVariance.Buffer);
    }
}
