using LowBit.Tensors;

namespace LowBit.Nn.Optimisation;

/// <summary>
/// Changes parameters by their gradients. The learning rate is an argument of every step, so that the schedule is the only
/// place that knows it; the state (momentum and the like) is created on the first step and saved by name.
/// </summary>
public abstract class Optimiser : IDisposable
{
    private readonly List<StateSlot> _slots = [];

    /// <summary>Creates an optimiser.</summary>
    /// <param name="groups">The parameters; none may be in two groups.</param>
    /// <exception cref="ArgumentException">There is no parameter, one is in two groups, or a group's numbers are negative.</exception>
    protected Optimiser(IReadOnlyList<ParameterGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Groups = groups;
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (ParameterGroup group in groups)
        {
            if (!(group.LearningRateFactor >= 0 && group.WeightDecay >= 0))
            {
                throw new ArgumentException(
                    $"group '{group.Name}' has learning-rate factor {group.LearningRateFactor} and weight decay {group.WeightDecay}; both must be 0 or more");
            }

            foreach (Parameter parameter in group.Parameters)
            {
                if (!seen.Add(parameter.Tensor))
                {
                    throw new ArgumentException($"parameter '{parameter.Name}' is in two groups; an optimiser changes each parameter once", nameof(groups));
                }
            }
        }

        if (seen.Count == 0)
        {
            throw new ArgumentException("an optimiser needs at least one parameter", nameof(groups));
        }
    }

    /// <summary>The parameters and how they are treated.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>Steps taken so far; saved with the state.</summary>
    public long Steps { get; set; }

    /// <summary>Changes every parameter that has a gradient.</summary>
    /// <param name="learningRate">η of this step, 0 or more; a group multiplies it by its factor.</param>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is negative or not finite.</exception>
    public void Step(double learningRate)
    {
        if (!(learningRate >= 0 && double.IsFinite(learningRate)))
        {
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, $"a learning rate is 0 or more and finite, got {learningRate}");
        }

        Steps++;
        foreach (ParameterGroup group in Groups)
        {
            float rate = (float)(learningRate * group.LearningRateFactor);
            foreach (Parameter parameter in group.Parameters)
            {
                if (parameter.Tensor.Gradient is { } gradient)
                {
                    Update(parameter, gradient, rate, group.WeightDecay);
                }
            }
        }
    }

    /// <summary>Sets every gradient to zero.</summary>
    public void ZeroGradients()
    {
        foreach (ParameterGroup group in Groups)
        {
            foreach (Parameter parameter in group.Parameters)
            {
                parameter.Tensor.ZeroGradient();
            }
        }
    }

    /// <summary>The state tensors that exist, called <c>slot/parameter</c>, in the order of the groups.</summary>
    public virtual IReadOnlyList<NamedTensor> State()
    {
        var list = new List<NamedTensor>();
        foreach (StateSlot slot in _slots)
        {
            slot.Collect(Groups, list);
        }

        return list;
    }

    /// <summary>Creates (or finds) the state tensor of a name that <see cref="State"/> gave, to load values into.</summary>
    /// <param name="name">For example <c>momentum/conv1.weight</c>.</param>
    /// <returns>The tensor, or null when this optimiser has no such state.</returns>
    public virtual Tensor? StateFor(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        StateSlot? slot = slash < 0 ? null : _slots.Find(slot => slot.Name == name[..slash]);
        return slot is not null && Find(name[(slash + 1)..]) is { } parameter ? slot.For(parameter) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Called when saved state and <see cref="Steps"/> were loaded: completes what checkpoints of older versions lack.</summary>
    protected internal virtual void CompleteState()
    {
    }

    /// <summary>Adds a kind of state that is saved and found by its name.</summary>
    private protected StateSlot AddSlot(string name, bool isNumber = false)
    {
        var slot = new StateSlot(name, isNumber);
        _slots.Add(slot);
        return slot;
    }

    /// <summary>Changes one parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="learningRate">η of the group.</param>
    /// <param name="weightDecay">λ of the group.</param>
    protected abstract void Update(in Parameter parameter, Tensor gradient, float learningRate, float weightDecay);

    /// <summary>Releases the state.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (NamedTensor state in State())
            {
                state.Tensor.Dispose();
            }
        }
    }

    /// <summary>The parameter of a name, when some group holds it.</summary>
    /// <param name="name">Name in the model.</param>
    protected Parameter? Find(string name)
    {
        foreach (ParameterGroup group in Groups)
        {
            foreach (Parameter parameter in group.Parameters)
            {
                if (parameter.Name == name)
                {
                    return parameter;
                }
            }
        }

        return null;
    }
}
