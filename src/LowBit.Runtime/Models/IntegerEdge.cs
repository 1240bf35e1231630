namespace LowBit.Runtime.Models;

/// <summary>
/// A tensor between two nodes of an <see cref="IntegerModel"/>: unsigned codes <c>[Height, Width, Channels]</c> of one image
/// (NHWC), one byte each. The code <c>q</c> stands for the real value <c>Scale · (q − ZeroPoint)</c>. The last edge of a model
/// holds int32 logits instead (<see cref="IsLogits"/>).
/// </summary>
/// <param name="Name">Unique name: the path of the quantizer or layer that made it.</param>
/// <param name="Height">Rows, 1 or more.</param>
/// <param name="Width">Columns, 1 or more.</param>
/// <param name="Channels">Channels, 1 or more.</param>
/// <param name="Bits">Code width, 1 to 8; <see cref="LogitBits"/> for logits.</param>
/// <param name="Scale">Real units per code step, positive and finite. For information and for readers of logits: no kernel uses it.</param>
/// <param name="ZeroPoint">The code of real zero, 0 to <see cref="MaxCode"/>.</param>
public sealed record IntegerEdge(string Name, int Height, int Width, int Channels, int Bits, double Scale, int ZeroPoint)
{
    /// <summary>The value of <see cref="Bits"/> that marks an edge of int32 logits.</summary>
    public const int LogitBits = 32;

    /// <summary>Codes of one image.</summary>
    public int Length => Height * Width * Channels;

    /// <summary>True for the edge that holds the int32 logits.</summary>
    public bool IsLogits => Bits == LogitBits;

    /// <summary>The highest code, <c>2^Bits − 1</c>. Only for edges of codes.</summary>
    public int MaxCode => IsLogits ? int.MaxValue : (1 << Bits) - 1;
}
