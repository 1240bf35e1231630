using LowBit.Kernels.Optimizers;
using LowBit.Tensors;

namespace LowBit.Nn.Optimisation;

/// <summary>
/// Adam with decoupled weight decay, or plain Adam, each with or without AMSGrad; the formula is that of <see cref="AdamWOptions"/>. As in PyTorch each parameter
/// counts its own steps t, those with a gradient, so that one that comes late moves by η at first like any other.
/// </summary>
/// <remarks>t is saved as a float: exact up to 2^24 steps, where it stays; bias corrections are 1 long before.</remarks>
public sealed class AdamW : Optimiser
{
    private readonly StateSlot _m;
    private readonly StateSlot _v;
    private readonly StateSlot? _largest;
    private readonly StateSlot _t;

    /// <summary>Creates the optimiser.</summary>
    /// <param name="groups">The parameters, with their weight decay.</param>
    /// <param name="beta1">β1, 0 to below 1.</param>
    /// <param name="beta2">β2, 0 to below 1.</param>
    /// <param name="epsilon">ε, positive.</param>
    /// <param name="decoupled">True for AdamW, false for Adam with the decay in the gradient.</param>
    /// <param name="amsGrad">True to divide by the largest second moment so far instead of the newest.</param>
    /// <exception cref="ArgumentException">A number is outside its range.</exception>
    public AdamW(
        IReadOnlyList<ParameterGroup> groups, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, bool decoupled = true, bool amsGrad = false)
        : base(groups)
    {
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0))
        {
            throw new ArgumentException($"AdamW needs betas from 0 to below 1 and a positive epsilon, got {beta1}, {beta2} and {epsilon}");
        }

        Beta1 = beta1;
        Beta2 = beta2;
        Epsilon = epsilon;
        Decoupled = decoupled;
        AmsGrad = amsGrad;
        _m = AddSlot("m");
        _v = AddSlot("v");
        _largest = amsGrad ? AddSlot("largest") : null;
        _t = AddSlot("t", isNumber: true);
    }

    /// <summary>β1.</summary>
    public float Beta1 { get; }

    /// <summary>β2.</summary>
    public float Beta2 { get; }

    /// <summary>ε.</summary>
    public float Epsilon { get; }

    /// <summary>True for AdamW, false for Adam with the decay in the gradient.</summary>
    public bool Decoupled { get; }

    /// <summary>True when the step divides by the largest second moment so far.</summary>
    public bool AmsGrad { get; }

    /// <inheritdoc/>
    /// <remarks>Checkpoints once held the steps of the whole optimiser alone.</remarks>
    protected internal override void CompleteState()
    {
        foreach (Parameter parameter in Groups.SelectMany(static group => group.Parameters))
        {
            if (_m.Has(parameter) && !_t.Has(parameter))
            {
                _t.For(parameter).CopyFrom([Steps]);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Update(in Parameter parameter, Tensor gradient, float learningRate, float weightDecay)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        Tensor values = parameter.Tensor;
        Tensor steps = _t.For(parameter);
        float t = steps.Item() + 1;
        steps.CopyFrom([t]);
        var options = new AdamWOptions(learningRate, Beta1, Beta2, Epsilon, weightDecay, (long)t, Decoupled);
        values.Device.AdamWStep(
            values.Length, options, gradient.Buffer, _m.For(parameter).Buffer, _v.For(parameter).Buffer, _largest?.For(parameter).Buffer, values.Buffer);
    }
}
