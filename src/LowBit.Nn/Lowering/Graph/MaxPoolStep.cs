using LowBit.Kernels.Devices;

namespace LowBit.Nn.Lowering.Graph;

/// <summary>Maximum over windows of codes.</summary>
internal sealed class MaxPoolStep(string name, CodeTensor input, CodeTensor output, PoolShape shape) : GraphStep(name)
{
    public CodeTensor Input { get; } = input;

    public CodeTensor Output { get; } = output;

    public PoolShape Shape { get; } = shape;

    public override IEnumerable<CodeTensor> Inputs => [Input];

    public override IEnumerable<CodeTensor> Outputs => [Output];
}
