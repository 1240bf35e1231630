using LowBit.Runtime.Models;

namespace LowBit.Runtime.Sessions;

/// <summary>Sees every edge of a run as soon as it is written, from the arena itself.</summary>
public interface ICodeTap
{
    /// <summary>An edge of codes was written.</summary>
    /// <param name="index">Index of the edge.</param>
    /// <param name="edge">The edge.</param>
    /// <param name="codes">Codes <c>[batch, height, width, channels]</c>; valid during the call only.</param>
    void OnCodes(int index, IntegerEdge edge, ReadOnlySpan<byte> codes);

    /// <summary>The logits were written.</summary>
    /// <param name="index">Index of the edge.</param>
    /// <param name="edge">The edge.</param>
    /// <param name="logits">Logits <c>[batch, classes]</c>; valid during the call only.</param>
    void OnLogits(int index, IntegerEdge edge, ReadOnlySpan<int> logits);
}
