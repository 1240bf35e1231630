using LowBit.Kernels.Optimizers;
using LowBit.Tensors;

namespace LowBit.Nn.Optimisation;

/// <summary>RMSprop; the formula is that of <see cref="RmsPropOptions"/> (PyTorch's semantics).</summary>
public sealed class RmsProp : Optimiser
{
    private readonly StateSlot _square;
    private readonly StateSlot? _mean;
    private readonly StateSlot? _momentum;

    /// <summary>Creates the optimiser.</summary>
    /// <param name="groups">The parameters, with their weight decay.</param>
    /// <param name="alpha">α, the memory of the mean square, 0 to below 1.</param>
    /// <param name="epsilon">ε, positive.</param>
    /// <param name="momentum">μ, 0 to below 1.</param>
    /// <param name="centered">True to divide by the deviation instead of the root mean square.</param>
    /// <exception cref="ArgumentException">A number is outside its range.</exception>
    public RmsProp(IReadOnlyList<ParameterGroup> groups, float alpha = 0.99f, float epsilon = 1e-8f, float momentum = 0, bool centered = false)
        : base(groups)
    {
        if (!(alpha >= 0 && alpha < 1 && momentum >= 0 && momentum < 1 && epsilon > 0))
        {
            throw new ArgumentException($"RMSprop needs alpha and momentum from 0 to below 1 and a positive epsilon, got {alpha}, {momentum} and {epsilon}");
        }

        Alpha = alpha;
        Epsilon = epsilon;
        Momentum = momentum;
        Centered = centered;
        _square = AddSlot("square");
        _mean = centered ? AddSlot("mean") : null;
        _momentum = momentum > 0 ? AddSlot("momentum") : null;
    }

    /// <summary>α.</summary>
    public float Alpha { get; }

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    /// <summary>μ.</summary>
    public float Momentum { get; }

    /// <summary>True when the step divides by the deviation.</summary>
    public bool Centered { get; }

    /// <inheritdoc/>
    protected override void Update(in Parameter parameter, Tensor gradient, float learningRate, float weightDecay)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        Tensor values = parameter.Tensor;
        values.Device.RmsPropStep(
            values.Length,
            new RmsPropOptions(learningRate, Alpha, Epsilon, Momentum, weightDecay, Centered),
            gradient.Buffer,
            _square.For(parameter).Buffer,
            _mean?.For(parameter).Buffer,
            _momentum?.For(parameter).Buffer,
            values.Buffer);
    }
}
