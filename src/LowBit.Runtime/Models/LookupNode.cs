namespace LowBit.Runtime.Models;

/// <summary>
/// <c>y[h, w, c] = Table[c][x[h, w, c]]</c>. With one channel's table for all channels when <see cref="PerChannel"/> is false.
/// The first node of a model reads pixels (0 to 255) this way, which carries the data set's normalisation and the 8-bit input quantizer.
/// </summary>
public sealed class LookupNode : IntegerNode
{
    /// <summary>Entries of one channel's table.</summary>
    public const int TableLength = 256;

    /// <summary>Edge that is read.</summary>
    public required int Input { get; init; }

    /// <summary>Edge that is written; same shape as the input.</summary>
    public required int Output { get; init; }

    /// <summary>True when each channel has its own 256 entries.</summary>
    public required bool PerChannel { get; init; }

    /// <summary>The entries, <c>[Channels or 1][256]</c>, each a code of the output edge.</summary>
    public required byte[] Table { get; init; }

    /// <inheritdoc/>
    public override NodeKind Kind => NodeKind.Lookup;

    /// <inheritdoc/>
    public override IReadOnlyList<int> Inputs => [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<int> Outputs => [Output];
}
