using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>A job over elements that share the arguments of one channel; <see cref="PieceChunks{TKernel}"/> cuts channels into pieces.</summary>
internal interface IPieceKernel
{
    /// <summary>Does the elements from <paramref name="begin"/> to before <paramref name="end"/>, which lie in one channel.</summary>
    void Piece<L, V>(int piece, int channel, nuint begin, nuint end)
        where L : struct, ILanes<V>
        where V : struct;
}
