using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Losses;

/// <summary>gx += scale·(p − (1 − ε)·[c = label] − ε/C), row by row.</summary>
internal readonly unsafe struct CrossEntropyBackwardKernel(
    int rows, int classes, float* probabilities, int* labels, float smoothing, float scale, float* gx) : IChunkKernel
{
    private readonly int _rows = rows;
    private readonly int _classes = classes;
    private readonly float* _probabilities = probabilities;
    private readonly int* _labels = labels;
    private readonly float _smoothing = smoothing;
    private readonly float _scale = scale;
    private readonly float* _gx = gx;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        var part = new RowChunks(_rows, _classes);
        float share = _smoothing / _classes;
        for (int row = part.Begin(chunk); row < part.End(chunk); row++)
        {
            float* p = _probabilities + ((long)row * _classes);
            float* gx = _gx + ((long)row * _classes);
            int label = _labels[row];
            for (int c = 0; c < _classes; c++)
            {
                float target = c == label ? 1 - _smoothing + share : share;
                gx[c] += _scale * (p[c] - target);
            }
        }
    }
}
