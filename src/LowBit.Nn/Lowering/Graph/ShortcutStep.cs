using LowBit.Kernels.Devices;

namespace LowBit.Nn.Lowering.Graph;

/// <summary>Option-A shortcut on codes.</summary>
internal sealed class ShortcutStep(string name, CodeTensor input, CodeTensor output, ShortcutShape shape) : GraphStep(name)
{
    public CodeTensor Input { get; } = input;

    public CodeTensor Output { get; } = output;

    public ShortcutShape Shape { get; } = shape;

    public override IEnumerable<CodeTensor> Inputs => [Input];

    public override IEnumerable<CodeTensor> Outputs => [Output];
}
