namespace LowBit.Kernels.Optimizers;

/// <summary>
/// One step of stochastic gradient descent with PyTorch's semantics: <c>g ← g + λ·p</c>, <c>m ← μ·m + g</c> (the first step
/// sets m = g), <c>p ← p − η·(nesterov ? g + μ·m : m)</c>.
/// </summary>
/// <param name="LearningRate">η.</param>
/// <param name="Momentum">μ, 0 for none.</param>
/// <param name="WeightDecay">λ.</param>
/// <param name="Nesterov">Look ahead by the momentum.</param>
/// <param name="FirstStep">True when the momentum buffer holds nothing yet.</param>
public readonly record struct SgdOptions(float LearningRate, float Momentum, float WeightDecay, bool Nesterov, bool FirstStep);
