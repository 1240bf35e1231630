using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Threading;

/// <summary>
/// One job with its arguments in fields: the work of a chunk, written once for all vector widths. <see cref="Launcher"/>
/// picks the width and shares the chunks among threads.
/// </summary>
internal interface IChunkKernel
{
    /// <summary>Does chunk <paramref name="chunk"/>; what that is depends on the problem's size alone.</summary>
    void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct;
}
