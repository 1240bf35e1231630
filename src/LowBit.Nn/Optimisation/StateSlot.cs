using LowBit.Tensors;

namespace LowBit.Nn.Optimisation;

/// <summary>One kind of optimiser state (momentum, second moment): a tensor of zeros per parameter, made when first asked for.</summary>
internal sealed class StateSlot(string name)
{
    private readonly Dictionary<string, Tensor> _tensors = [];

    public string Name { get; } = name;

    public Tensor For(in Parameter parameter)
    {
        if (!_tensors.TryGetValue(parameter.Name, out Tensor? state))
        {
            state = Tensor.Zeros(parameter.Tensor.Device, parameter.Tensor.Shape).Persist();
            state.Name = $"{Name}/{parameter.Name}";
            _tensors.Add(parameter.Name, state);
        }

        return state;
    }

    public void Collect(IReadOnlyList<ParameterGroup> groups, List<NamedTensor> list)
    {
        foreach (ParameterGroup group in groups)
        {
            foreach (Parameter parameter in group.Parameters)
            {
                if (_tensors.TryGetValue(parameter.Name, out Tensor? state))
                {
                    list.Add(new NamedTensor($"{Name}/{parameter.Name}", state));
                }
            }
        }
    }
}
