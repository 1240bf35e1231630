using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Poolings;

/// <summary>gx[argmax] += gy, one image per chunk: windows of one image may share pixels, images never do.</summary>
internal readonly unsafe struct MaxPoolBackwardKernel(long inputLength, long outputLength, float* gy, int* argmax, float* gx) : IChunkKernel
{
    private readonly long _inputLength = inputLength;
    private readonly long _outputLength = outputLength;
    private readonly float* _gy = gy;
    private readonly int* _argmax = argmax;
    private readonly float* _gx = gx;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        float* gx = _gx + (chunk * _inputLength);
        float* gy = _gy + (chunk * _outputLength);
        int* argmax = _argmax + (chunk * _outputLength);
        for (long i = 0; i < _outputLength; i++)
        {
            gx[argmax[i]] += gy[i];
        }
    }
}
