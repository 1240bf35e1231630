namespace LowBit.Kernels.FakeQuantization;

/// <summary>
/// What a fake-quantization call covers: <c>[Channels, Inner]</c> elements, one step per channel. A per-tensor quantizer has
/// one channel; weights are <c>[out, …]</c>, so a per-channel weight quantizer has the output channels first.
/// </summary>
/// <param name="Channels">Number of steps, 1 or more.</param>
/// <param name="Inner">Elements that share one step.</param>
/// <param name="Low">Lowest code, for example 0, −7 or −1.</param>
/// <param name="High">Highest code, for example 15, 7 or 1.</param>
/// <param name="ZeroPoint">Code of real zero; 0 unless the quantizer is affine. <c>y = s · (q − z)</c>.</param>
public readonly record struct FakeQuantShape(int Channels, int Inner, int Low, int High, int ZeroPoint = 0)
{
    /// <summary>All elements.</summary>
    public int Count => Channels * Inner;
}
