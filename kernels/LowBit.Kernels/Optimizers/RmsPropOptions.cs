namespace LowBit.Kernels.Optimizers;

/// <summary>
/// One step of RMSprop (Tieleman and Hinton 2012, lecture 6.5 of "Neural networks for machine learning"; centred: Graves 2013, arXiv:1308.0850, eq. 38–45) with
/// PyTorch's semantics: <c>g ← g + λ·p</c>, <c>v ← α·v + (1−α)·g²</c>, centred <c>c ← α·c + (1−α)·g</c>, <c>d = g / (√(v − c²) + ε)</c> (c = 0 when not centred),
/// <c>m ← μ·m + d</c>, <c>p ← p − η·m</c>; without momentum <c>p ← p − η·d</c>.
/// </summary>
/// <param name="LearningRate">η.</param>
/// <param name="Alpha">α, 0 to below 1.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Momentum">μ, 0 for none.</param>
/// <param name="WeightDecay">λ.</param>
/// <param name="Centered">Divide by the deviation instead of the root mean square.</param>
public readonly record struct RmsPropOptions(float LearningRate, float Alpha, float Epsilon, float Momentum, float WeightDecay, bool Centered);
