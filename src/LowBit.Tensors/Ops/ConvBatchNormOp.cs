using LowBit.Kernels.Devices;
using LowBit.Kernels.Normalizations;

namespace LowBit.Tensors.Ops;

/// <summary>
/// Convolution, batch normalisation in training and the function behind it as one op: the same values as <see cref="Conv2dOp"/>,
/// <see cref="BatchNormOp"/> and the function one after the other, with half the traffic through memory. Only the convolution's output is kept;
/// the backward pass normalises it again.
/// </summary>
public static class ConvBatchNormOp
{
    /// <summary>y = f(γ·(x ⊛ w − μ_B)/√(σ²_B + ε) + β (+ addend)) with the moments of the batch per channel; moves the running statistics.</summary>
    /// <typeparam name="TActivation">f; one without a step.</typeparam>
    /// <param name="inputs">Operands.</param>
    /// <returns><c>[batch, height', width', out]</c>. Gradients to x, w, γ, β and the addend.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor ConvBatchNorm<TActivation>(in ConvBatchNormInputs inputs)
        where TActivation : struct, IFusedActivation
    {
        if (TActivation.HasStep)
        {
            throw new ArgumentException($"{TActivation.Name} needs a step; call the op that takes one", nameof(inputs));
        }

        return Run<TActivation>(in inputs, default);
    }

    /// <summary>The same with a function that has a step: a quantizer of one step behind the normalisation.</summary>
    /// <typeparam name="TActivation">f.</typeparam>
    /// <param name="inputs">Operands.</param>
    /// <param name="step">Step, bounds and where the step's gradient goes.</param>
    /// <returns><c>[batch, height', width', out]</c>. Gradients to x, w, γ, β, the addend and what the step is learned from.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor ConvBatchNorm<TActivation>(in ConvBatchNormInputs inputs, in FusedStep step)
        where TActivation : struct, IFusedActivation
    {
        ArgumentNullException.ThrowIfNull(step.Value);
        if (step.Value.Length != 1 || step.Learned is { Length: not 1 })
        {
            throw ShapeError.Of("ConvBatchNorm", "a fused quantizer has one step", inputs.X, step.Value);
        }

        return Run<TActivation>(in inputs, step);
    }

    private static Tensor Run<TActivation>(in ConvBatchNormInputs inputs, in FusedStep step)
        where TActivation : struct, IFusedActivation
    {
        ConvShape shape = inputs.Validate();
        var node = new ConvBatchNormNode<TActivation>(shape, inputs, step);
        Tensor y = Node.Output(node, new Shape(shape.Batch, shape.OutHeight, shape.OutWidth, shape.OutChannels));
        node.Forward(y);
        if (!node.IsRecorded)
        {
            node.ReleaseOwned();
        }

        return y;
    }
}

/// <summary>Keeps x, w, γ, β, the addend, the step used, the convolution's output and the statistics of the batch.</summary>
internal sealed class ConvBatchNormNode<TActivation> : Node
    where TActivation : struct, IFusedActivation
{
    private readonly ConvShape _shape;
    private readonly ConvBatchNormInputs _inputs;
    private readonly FusedStep _step;
    private readonly Tensor _raw;
    private readonly Tensor _mean;
    private readonly Tensor _inverseDeviation;
    private Tensor? _usedStep;

    public ConvBatchNormNode(ConvShape shape, in ConvBatchNormInputs inputs, in FusedStep step)
        : base(inputs.X, inputs.W, inputs.Gamma, inputs.Beta, inputs.Addend, step.Learned)
    {
        _shape = shape;
        _inputs = inputs;
        _step = step;
        _raw = Own(new Shape(shape.Batch, shape.OutHeight, shape.OutWidth, shape.OutChannels));
        _mean = Own(inputs.Gamma.Shape);
        _inverseDeviation = Own(inputs.Gamma.Shape);
    }

    public override string Name => $"conv+bn+{TActivation.Name}";

    public override bool KeepsOutput => false;

    public void Forward(Tensor y)
    {
        _usedStep = _step.Value;
        if (_step.Value is not null && !ReferenceEquals(_step.Value, _step.Learned))
        {
            // A derived step may be renewed before the backward pass runs.
            _usedStep = Own(_step.Value.Shape);
            Device.Copy(1, _step.Value.Buffer, _usedStep.Buffer);
        }

        Device.ConvNormForward<TActivation>(_shape, Buffers(), Arguments(), y.Buffer);
    }

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        DeviceBuffer? addend = null;
        bool addendHoldsOther = false, xHoldsOther = false;
        if (_inputs.Addend is { } a)
        {
            addend = gradients.InPlace(a) ?? gradients.For(a, out addendHoldsOther);
        }

        // After the addend: both may be one tensor.
        DeviceBuffer? gx = ReferenceEquals(_inputs.X, _inputs.Addend) ? null : gradients.For(_inputs.X, out xHoldsOther);
        var places = new ConvNormGradients
        {
            Addend = addend,
            AddendHoldsOther = addendHoldsOther,
            X = ReferenceEquals(_inputs.X, _inputs.Addend) ? addend : gx,
            XHoldsOther = ReferenceEquals(_inputs.X, _inputs.Addend) || xHoldsOther,
            W = gradients.For(_inputs.W),
            Gamma = gradients.For(_inputs.Gamma),
            Beta = gradients.For(_inputs.Beta),
            Step = _step.Learned is null ? null : gradients.For(_step.Learned),
            StepScale = _step.GradientScale,
        };
        Device.ConvNormBackward<TActivation>(_shape, Buffers(), Arguments(), outputGradient, places);
    }

    private ConvNormBuffers Buffers() => new()
    {
        X = _inputs.X.Buffer,
        W = _inputs.W.Buffer,
        Raw = _raw.Buffer,
        Gamma = _inputs.Gamma.Buffer,
        Beta = _inputs.Beta.Buffer,
        RunningMean = _inputs.RunningMean.Buffer,
        RunningVariance = _inputs.RunningVariance.Buffer,
        Mean = _mean.Buffer,
        InverseDeviation = _inverseDeviation.Buffer,
        Epsilon = _inputs.Epsilon,
        Momentum = _inputs.Momentum,
    };

    private FusedActivationArguments Arguments() => new(_inputs.Addend?.Buffer, _usedStep?.Buffer, _step.Low, _step.High);
}
