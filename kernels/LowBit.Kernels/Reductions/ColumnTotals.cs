using System.Runtime.CompilerServices;

namespace LowBit.Kernels.Reductions;

/// <summary>Adds the partial column sums of blocks, in block order, in double.</summary>
internal static unsafe class ColumnTotals
{
    /// <summary>Writes one total per channel.</summary>
    /// <param name="columns">The partition.</param>
    /// <param name="partials"><c>[block][first, second][Width]</c>.</param>
    /// <param name="first"><c>[channels]</c>.</param>
    /// <param name="second"><c>[channels]</c>, or null.</param>
    public static void Combine(in FoldedColumns columns, float* partials, double* first, double* second)
    {
        Combine(in columns, partials, 2, first);
        if (second != null)
        {
            Combine(in columns, partials + columns.Width, 2, second);
        }
    }

    /// <summary>Writes one total per channel of one of several sums per block.</summary>
    /// <param name="columns">The partition.</param>
    /// <param name="partials">The sum in the first block.</param>
    /// <param name="sums">Sums of <c>Width</c> floats in each block.</param>
    /// <param name="totals"><c>[channels]</c>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Combine(in FoldedColumns columns, float* partials, int sums, double* totals)
    {
        int channels = columns.Channels, width = columns.Width;
        new Span<double>(totals, channels).Clear();
        for (int block = 0; block < columns.BlockCount; block++)
        {
            float* from = partials + ((long)sums * block * width);
            for (int f = 0; f < columns.Fold; f++, from += channels)
            {
                for (int channel = 0; channel < channels; channel++)
                {
                    totals[channel] += from[channel];
                }
            }
        }
    }
}
