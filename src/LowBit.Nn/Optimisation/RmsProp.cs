using LowBit.Kernels.Optimizers;
using LowBit.Tensors;

namespace LowBit.Nn.Optimisation;

/// <summary>RMSprop; the formula is that of <see cref="RmsPropOptions"/> (PyTorch's semantics).</summary>
public sealed class RmsProp : Optimiser
{
    private readonly StateSlot _square = new("square");
    private readonly StateSlot _mean = new("mean");
    private readonly StateSlot _momentum = new("momentum");

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
    public override IReadOnlyList<NamedTensor> State()
    {
        var list = new List<NamedTensor>();
        _square.Collect(Groups, list);
        _mean.Collect(Groups, list);
        _momentum.Collect(Groups, list);
        return list;
    }

    /// <inheritdoc/>
    public override Tensor? StateFor(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        StateSlot? slot = (slash < 0 ? "" : name[..slash]) switch
        {
            "square" => _square,
            "mean" when Centered => _mean,
            "momentum" when Momentum > 0 => _momentum,
            _ => null,
        };
        return slot is not null && Find(name[(slash + 1)..]) is { } parameter ? slot.For(parameter) : null;
    }

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
            Centered ? _mean.For(parameter).Buffer : null,
            Momentum > 0 ? _momentum.For(parameter).Buffer : null,
            values.Buffer);
    }
}
