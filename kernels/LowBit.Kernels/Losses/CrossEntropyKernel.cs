using System.Runtime.CompilerServices;
using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Losses;

/// <summary>Log-softmax, loss and probabilities, row by row; the loss is taken from the logarithms before they are raised again.</summary>
internal readonly unsafe struct CrossEntropyKernel(
    int rows, int classes, float* logits, int* labels, float smoothing, float* probabilities, float* losses) : IChunkKernel
{
    private readonly int _rows = rows;
    private readonly int _classes = classes;
    private readonly float* _logits = logits;
    private readonly int* _labels = labels;
    private readonly float _smoothing = smoothing;
    private readonly float* _probabilities = probabilities;
    private readonly float* _losses = losses;

    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        var part = new RowChunks(_rows, _classes);
        nuint classes = (nuint)_classes;
        for (int row = part.Begin(chunk); row < part.End(chunk); row++)
        {
            float* p = _probabilities + ((long)row * _classes);
            LogSoftmaxKernel.Row<L, V>(_logits + ((long)row * _classes), p, classes);
            float loss = -(1 - _smoothing) * p[_labels[row]];
            if (_smoothing != 0)
            {
                loss -= _smoothing / _classes * RowMath.Sum<L, V>(p, classes);
            }

            _losses[row] = loss;
            Exponentials<L, V>(p, classes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Exponentials<L, V>(float* p, nuint classes)
        where L : struct, ILanes<V>
        where V : struct
    {
        nuint n = (nuint)L.Count, c = 0;
        for (; c + n <= classes; c += n)
        {
            L.Store(LaneMath.Exp<L, V>(L.Load(ref *p, c)), ref *p, c);
        }

        for (; c < classes; c++)
        {
            p[c] = LaneMath.Exp<LanesScalar, float>(p[c]);
        }
    }
}
