namespace LowBit.Nn.Lowering;

/// <summary>What lowering did with each layer, and the bits of the parts that papers treat specially.</summary>
/// <param name="Entries">One entry for each layer, in the order of the forward pass.</param>
/// <param name="FirstWeightBits">Bits of the first layer's weights.</param>
/// <param name="FirstInputBits">Bits of the first layer's input.</param>
/// <param name="LastWeightBits">Bits of the last layer's weights.</param>
/// <param name="LastInputBits">Bits of the last layer's input.</param>
/// <param name="ResidualBits">Bits of the residual operands, lowest first; empty without residual additions.</param>
public sealed record FoldReport(
    IReadOnlyList<FoldEntry> Entries, int FirstWeightBits, int FirstInputBits, int LastWeightBits, int LastInputBits, IReadOnlyList<int> ResidualBits)
{
    /// <summary>The special bits on one line, for example <c>first layer w8a8, last layer w8a8, residual 8</c>.</summary>
    public string Bits
        => $"first layer w{FirstWeightBits}a{FirstInputBits}, last layer w{LastWeightBits}a{LastInputBits}, "
            + $"residual {(ResidualBits.Count == 0 ? "none" : string.Join("/", ResidualBits))}";

    /// <summary>The whole report, one line for each layer.</summary>
    public override string ToString() => $"{Bits}{Environment.NewLine}{string.Join(Environment.NewLine, Entries)}";
}
