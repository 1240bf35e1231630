namespace LowBit.Nn.Optimisation;

/// <summary>Parameters that an optimiser treats alike.</summary>
/// <param name="Name">For reports, for example <c>weights</c>.</param>
/// <param name="Parameters">The tensors.</param>
/// <param name="LearningRateFactor">The group's learning rate is the schedule's times this.</param>
/// <param name="WeightDecay">λ of the group, 0 or more.</param>
public sealed record ParameterGroup(string Name, IReadOnlyList<Parameter> Parameters, float LearningRateFactor, float WeightDecay)
{
    /// <summary>Splits a model's parameters by role into at most three groups: weights, norms and biases, quantizers.</summary>
    /// <param name="model">The model; its order of parameters is kept inside each group.</param>
    /// <param name="rules">How the groups are treated.</param>
    /// <returns>The groups that are not empty.</returns>
    public static IReadOnlyList<ParameterGroup> Split(Module model, in GroupRules rules)
    {
        ArgumentNullException.ThrowIfNull(model);
        List<Parameter> weights = [], norms = [], quantizers = [];
        foreach (Parameter parameter in model.Parameters())
        {
            List<Parameter> list = parameter.Role switch
            {
                ParameterRole.Quantizer => quantizers,
                ParameterRole.Weight => weights,
                _ => norms,
            };
            list.Add(parameter);
        }

        List<ParameterGroup> groups =
        [
            new("weights", weights, 1, rules.WeightDecay),
            new("norms and biases", norms, 1, rules.DecayNorms ? rules.WeightDecay : 0),
            new("quantizers", quantizers, rules.QuantizerLearningRate, rules.QuantizerWeightDecay),
        ];
        groups.RemoveAll(group => group.Parameters.Count == 0);
        return groups;
    }
}
