namespace LowBit.Kernels.Optimizers;

/// <summary>
/// One step of AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101): decoupled weight decay <c>p ← p·(1 − η·λ)</c>, then
/// <c>m ← β1·m + (1−β1)·g</c>, <c>v ← β2·v + (1−β2)·g²</c>, <c>p ← p − η/(1−β1^t) · m / (√v/√(1−β2^t) + ε)</c>.
/// With <paramref name="Decoupled"/> false the decay is added to the gradient instead (plain Adam). AMSGrad (Reddi et al. 2018, arXiv:1904.09237)
/// keeps <c>x ← max(x, v)</c> and divides by √x in place of √v.
/// </summary>
/// <param name="LearningRate">η.</param>
/// <param name="Beta1">β1.</param>
/// <param name="Beta2">β2.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="WeightDecay">λ.</param>
/// <param name="Step">t, from 1: steps of the parameters, this one included.</param>
/// <param name="Decoupled">AdamW when true, Adam with L2 when false.</param>
public readonly record struct AdamWOptions(
    float LearningRate, float Beta1, float Beta2, float Epsilon, float WeightDecay, long Step, bool Decoupled = true);
