using LowBit.Kernels.Optimizers;
using LowBit.Tensors;

namespace LowBit.Nn.Optimisation;

/// <summary>Stochastic gradient descent with momentum; the formula is that of <see cref="SgdOptions"/> (PyTorch's semantics).</summary>
public sealed class Sgd : Optimiser
{
    private readonly StateSlot? _momentum;

    /// <summary>Creates the optimiser.</summary>
    /// <param name="groups">The parameters, with their weight decay.</param>
    /// <param name="momentum">μ, 0 to below 1.</param>
    /// <param name="nesterov">Look ahead by the momentum; needs μ above 0.</param>
    /// <exception cref="ArgumentException">μ is outside its range, or Nesterov is asked for without momentum.</exception>
    public Sgd(IReadOnlyList<ParameterGroup> groups, float momentum = 0.9f, bool nesterov = false)
        : base(groups)
    {
        if (!(momentum >= 0 && momentum < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, $"momentum is 0 to below 1, got {momentum}");
        }

        if (nesterov && momentum == 0)
        {
            throw new ArgumentException("Nesterov's step needs a momentum above 0", nameof(nesterov));
        }

        Momentum = momentum;
        Nesterov = nesterov;
        _momentum = momentum > 0 ? AddSlot("momentum") : null;
    }

    /// <summary>μ.</summary>
    public float Momentum { get; }

    /// <summary>True when the step looks ahead by the momentum.</summary>
    public bool Nesterov { get; }

    /// <inheritdoc/>
    protected override void Update(in Parameter parameter, Tensor gradient, float learningRate, float weightDecay)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        Tensor values = parameter.Tensor;

        // The state starts as zeros, for which a later step and a first step are the same number: m = μ·0 + g.
        var options = new SgdOptions(learningRate, Momentum, weightDecay, Nesterov, FirstStep: false);
        values.Device.SgdStep(values.Length, options, gradient.Buffer, _momentum?.For(parameter).Buffer, values.Buffer);
    }
}
