using LowBit.Tensors;

namespace LowBit.Nn.Optimisation;

/// <summary>One kind of optimiser state: a tensor of zeros per parameter, made when first asked for.</summary>
/// <param name="name">For example <c>momentum</c>.</param>
/// <param name="isNumber">True for one number per parameter, <c>[1]</c>; false for one of each of its values, as momentum and second moment have.</param>
internal sealed class StateSlot(string name, bool isNumber)
{
    private readonly Dictionary<string, Tensor> _tensors = [];

    public string Name { get; } = name;

    public bool Has(in Parameter parameter) => _tensors.ContainsKey(parameter.Name);

    public Tensor For(in Parameter parameter)
    {
        if (!_tensors.TryGetValue(parameter.Name, out Tensor? state))
        {
            state = Tensor.Zeros(parameter.Tensor.Device, isNumber ? new Shape(1) : parameter.Tensor.Shape).Persist();
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
