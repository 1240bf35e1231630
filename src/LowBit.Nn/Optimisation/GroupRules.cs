namespace LowBit.Nn.Optimisation;

/// <summary>How <see cref="ParameterGroup.Split"/> treats the roles.</summary>
/// <param name="WeightDecay">λ of convolution and linear weights.</param>
/// <param name="DecayNorms">True to decay biases and batch-norm parameters too, as PyTorch does by default.</param>
/// <param name="QuantizerLearningRate">Factor on the learning rate of steps and clipping ranges.</param>
/// <param name="QuantizerWeightDecay">λ of steps and clipping ranges; 0 leaves LSQ steps alone.</param>
public readonly record struct GroupRules(
    float WeightDecay = 0, bool DecayNorms = false, float QuantizerLearningRate = 1, float QuantizerWeightDecay = 0);
