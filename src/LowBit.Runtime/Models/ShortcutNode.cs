using LowBit.Kernels.Devices;

namespace LowBit.Runtime.Models;

/// <summary>The option-A shortcut on codes: every stride-th pixel, new channels holding the code of zero. Scale and zero point pass through.</summary>
public sealed class ShortcutNode : IntegerNode
{
    /// <summary>Edge that is read.</summary>
    public required int Input { get; init; }

    /// <summary>Edge that is written; same bits, scale and zero point as the input.</summary>
    public required int Output { get; init; }

    /// <summary>Sizes for one image (<c>Batch</c> = 1).</summary>
    public required ShortcutShape Shape { get; init; }

    /// <inheritdoc/>
    public override NodeKind Kind => NodeKind.Shortcut;

    /// <inheritdoc/>
    public override IReadOnlyList<int> Inputs => [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<int> Outputs => [Output];
}
