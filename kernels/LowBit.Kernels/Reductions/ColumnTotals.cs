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
        Combine(in columns, partials, first);
        if (second != null)
        {
            Combine(in columns, partials + columns.Width, second);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine(in FoldedColumns columns, float* partials, double* totals)
    {
        int channels = columns.Channels, width = columns.Width;
        new Span<double>(totals, channels).Clear();
        for (int block = 0; block < columns.BlockCount; block++)
        {
            float* from = partials + (2L * block * width);
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
