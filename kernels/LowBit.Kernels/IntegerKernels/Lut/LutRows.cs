using System.Runtime.CompilerServices;
using LowBit.Kernels.IntegerKernels.Epilogues;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>A chunk by output rows: a tile is some vectors of pixels times some panels, over all kernel rows.</summary>
internal static unsafe class LutRows<L, V, E, F>
    where L : struct, ILutLanes<V>
    where V : struct
    where E : struct, IEpilogueBody
    where F : struct, ILutForm
{
    // Accumulators of the largest tile.
    private const int MostTiles = 16;
    private const int MostSumBytes = 128;

    /// <summary>Computes a chunk.</summary>
    public static void Run(in LutJob job, in ConvBlock block, byte* memory)
    {
        int step = job.Partition.IsRowByRow ? 1 : block.Rows;
        for (int first = 0; first < block.Rows; first += step)
        {
            job.Prepare<L, V>(block, first, first + step, memory);
            for (int panel = block.FirstPanel; panel < block.EndPanel;)
            {
                int panels = Math.Min(block.EndPanel - panel, LutBodies<L, V, F>.MostPanels);
                RunRows(job, block, first, first + step, panel, panels, memory);
                panel += panels;
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunRows(in LutJob job, in ConvBlock block, int row, int end, int panel, int panels, byte* memory)
    {
        byte* sums = stackalloc byte[(MostTiles * MostSumBytes) + 64];
        sums = LutJob.Align(sums);
        int stride = job.Partition.Chunks.IsFlat ? 1 : job.Arguments.Shape.Stride, vector = LutBodies<L, V, F>.VectorPixels, outputs = LutBodies<L, V, F>.PanelOutputs;
        int most = LutBodies<L, V, F>.Vectors(job.Partition.Vectors, panels);
        delegate*<LutTileArguments*, void> whole = LutBodies<L, V, F>.Body(most, panels);
        nint panelBytes = (nint)job.Layout.Groups * outputs, rowBytes = (nint)job.Partition.RowBytes * stride;
        LutTileArguments tile = default;
        tile.Constants = job.Controls;
        tile.PixelBytes = stride * job.Layout.PaddedChannels;
        tile.Offsets = job.Scratch.Offsets;
        tile.Groups = job.Layout.Groups;
        tile.FlushGroups = job.RunGroups;
        tile.Indices = job.Arguments.Weights.Data + ((((nint)block.Group * job.Partition.Chunks.Panels) + panel) * panelBytes);
        tile.PanelBytes = panelBytes;
        nint positionBytes = F.IsWide ? tile.PixelBytes : LutLayout.TableBytes;
        byte* tables = job.Tables(memory) + (row * rowBytes);
        for (; row < end; row++)
        {
            int width = job.Partition.Chunks.RowWidth(block, row);
            long pixel = job.Partition.Chunks.FirstPixel(block, row);
            for (int x = 0; x < width;)
            {
                int pixels = Math.Min(most * vector, width - x), vectors = pixels == most * vector ? most : (pixels + vector - 1) / vector;
                nint panelSums = vectors * LutBodies<L, V, F>.SumBytes;
                tile.Tables = tables + (x * positionBytes);
                tile.Sums0 = sums;
                tile.Sums1 = sums + panelSums;
                tile.Sums2 = sums + (2 * panelSums);
                tile.Sums3 = sums + (3 * panelSums);
                LutSums<L, V>.Clear(sums, vectors * panels);
                (vectors == most ? whole : LutBodies<L, V, F>.Body(vectors, panels))(&tile);
                for (int i = 0; i < panels; i++)
                {
                    LutFinish<L, V, E, F>.Run(job, block, panel + i, pixel + x, pixels, sums + (i * panelSums));
                }

                x += pixels;
            }

            tables += rowBytes;
        }
    }
}
