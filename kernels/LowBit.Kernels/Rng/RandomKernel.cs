using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Rng;

/// <summary>Fills a chunk with uniform numbers in [a, b) or normal numbers of mean a and deviation b; element i has position i.</summary>
internal readonly unsafe struct RandomKernel(int count, float a, float b, bool isNormal, PhiloxKey key, float* y) : IChunkKernel
{
    private readonly int _count = count;
    private readonly float _a = a;
    private readonly float _b = b;
    private readonly bool _isNormal = isNormal;
    private readonly PhiloxKey _key = key;
    private readonly float* _y = y;

    public int ChunkCount => Launcher.ChunkCount(_count, Launcher.ElementsPerChunk);

    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        int begin = chunk * Launcher.ElementsPerChunk;
        var part = new Span<float>(_y + begin, Math.Min(Launcher.ElementsPerChunk, _count - begin));
        if (_isNormal)
        {
            Philox.FillNormal(_key, (ulong)begin, _a, _b, part);
        }
        else
        {
            Philox.FillUniform(_key, (ulong)begin, _a, _b, part);
        }
    }
}
