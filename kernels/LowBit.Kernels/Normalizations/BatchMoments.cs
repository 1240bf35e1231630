using System.Runtime.CompilerServices;
using LowBit.Kernels.Reductions;

namespace LowBit.Kernels.Normalizations;

/// <summary>Combines the moments of blocks in a fixed order, in double (Chan, Golub and LeVeque 1979).</summary>
internal static unsafe class BatchMoments
{
    /// <summary>Writes mean and sum of squared deviations per channel.</summary>
    /// <param name="columns">The partition.</param>
    /// <param name="partials"><c>[block][mean, squares][Width]</c>.</param>
    /// <param name="mean"><c>[channels]</c>.</param>
    /// <param name="squares"><c>[channels]</c>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Combine(in FoldedColumns columns, float* partials, double* mean, double* squares)
    {
        int channels = columns.Channels, width = columns.Width;
        double rows = columns.Count / channels;
        new Span<double>(mean, channels).Clear();
        new Span<double>(squares, channels).Clear();
        for (int block = 0; block < columns.BlockCount; block++)
        {
            float* blockMean = partials + (2L * block * width);
            for (int f = 0, c = 0; f < columns.Fold; f++)
            {
                for (int channel = 0; channel < channels; channel++, c++)
                {
                    mean[channel] += (double)blockMean[c] * columns.Samples(block, c);
                }
            }
        }

        for (int channel = 0; channel < channels; channel++)
        {
            mean[channel] /= rows;
        }

        for (int block = 0; block < columns.BlockCount; block++)
        {
            float* blockMean = partials + (2L * block * width);
            float* blockSquares = blockMean + width;
            for (int f = 0, c = 0; f < columns.Fold; f++)
            {
                for (int channel = 0; channel < channels; channel++, c++)
                {
                    double d = blockMean[c] - mean[channel];
                    squares[channel] += blockSquares[c] + (d * d * columns.Samples(block, c));
                }
            }
        }
    }
}
