namespace LowBit.Nn.Lowering.Graph;

/// <summary>Each code of each channel replaced by another: element-wise layers between codes and a quantizer.</summary>
internal sealed class LookupStep(string name, CodeTensor input, CodeTensor output, Func<int, byte, byte> code) : GraphStep(name)
{
    public CodeTensor Input { get; } = input;

    public CodeTensor Output { get; } = output;

    /// <summary>The new code of an old one: (channel, code).</summary>
    public Func<int, byte, byte> Code { get; } = code;

    public override IEnumerable<CodeTensor> Inputs => [Input];

    public override IEnumerable<CodeTensor> Outputs => [Output];
}
