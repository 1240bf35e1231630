namespace LowBit.Tensors.Ops;

/// <summary>The step of a quantizer that is fused with the op in front of it.</summary>
/// <param name="Value">The step in use, one number.</param>
/// <param name="Learned">What the step is learned from, often the step itself; null when nothing is.</param>
/// <param name="Low">Lowest code, without the zero point.</param>
/// <param name="High">Highest code, without the zero point.</param>
/// <param name="GradientScale">Factor of the gradient of what is learned.</param>
public readonly record struct FusedStep(Tensor? Value, Tensor? Learned, float Low, float High, float GradientScale);
