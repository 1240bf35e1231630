using System.Runtime.CompilerServices;
using LowBit.Kernels.IntegerKernels.Epilogues;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// A chunk by input rows: the tables of an input row are made, added to the sums of all output rows that see it, and forgotten. Kernel rows are to a tile what
/// panels are elsewhere, so a look-up's table is loaded once for all of them.
/// </summary>
internal static unsafe class LutRolling<L, V, E, F>
    where L : struct, ILutLanes<V>
    where V : struct
    where E : struct, IEpilogueBody
    where F : struct, ILutForm
{
    private const int MostKernelRows = 3;

    /// <summary>Computes a chunk.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in LutJob job, in ConvBlock block, byte* memory)
    {
        byte* tables = job.Tables(memory), sums = job.RollingSums(memory);
        int panels = block.EndPanel - block.FirstPanel, kernelRows = job.Partition.KernelRows, vectors = job.Partition.Vectors, groups = job.Layout.Groups / kernelRows;
        nint panelSums = vectors * LutBodies<L, V, F>.SumBytes, rowIndices = (nint)groups * LutBodies<L, V, F>.PanelOutputs;
        LutTileArguments tile = default;
        tile.Constants = job.Controls;
        tile.PixelBytes = job.Layout.PaddedChannels;
        tile.Offsets = job.Scratch.Offsets;
        tile.Groups = groups;
        tile.FlushGroups = job.RunGroups;
        tile.PanelBytes = rowIndices;
        byte* indices = job.Arguments.Weights.Data + ((((nint)block.Group * job.Partition.Chunks.Panels) + block.FirstPanel) * kernelRows * rowIndices);
        int* most = stackalloc int[MostKernelRows + 1];
        for (int count = 1; count <= kernelRows; count++)
        {
            most[count] = LutBodies<L, V, F>.Vectors(vectors, count);
        }

        // Sums of the output row that the first kernel row sees for the first time, of the one before, and of the one before that.
        byte* sums0 = sums, sums1 = sums + (panels * panelSums), sums2 = sums + ((kernelRows - 1) * panels * panelSums);
        LutSums<L, V>.Clear(sums, kernelRows * panels * vectors);
        for (int row = 0; row < block.Rows + kernelRows - 1; row++)
        {
            job.MakeRow<L, V>(block, row, memory, tables);

            // Output row y meets input row y + ky.
            int first = Math.Max(0, row - block.Rows + 1), count = Math.Min(kernelRows - 1, row) - first + 1, finished = row - kernelRows + 1;
            byte* done = kernelRows > 2 ? sums2 : sums1;
            for (int panel = 0; panel < panels; panel++)
            {
                nint at = panel * panelSums;
                tile.Indices = indices + (((panel * kernelRows) + first) * rowIndices);
                tile.Sums0 = (first == 0 ? sums0 : first == 1 ? sums1 : sums2) + at;
                tile.Sums1 = (first == 0 ? sums1 : sums2) + at;
                tile.Sums2 = sums2 + at;
                AddRow(&tile, tables, vectors, most[count], count);
                if (finished >= 0)
                {
                    LutFinish<L, V, E, F>.Run(job, block, block.FirstPanel + panel, job.Partition.Chunks.FirstPixel(block, finished), job.Partition.Chunks.RowPixels, done + at);
                    LutSums<L, V>.Clear(done + at, vectors);
                }
            }

            sums2 = sums1;
            sums1 = sums0;
            sums0 = done;
        }
    }

    // Adds what an input row gives a panel by way of some kernel rows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRow(LutTileArguments* tile, byte* tables, int left, int most, int count)
    {
        nint vectorBytes = F.IsWide ? tile->PixelBytes : LutBodies<L, V, F>.VectorPixels * LutLayout.TableBytes;
        delegate*<LutTileArguments*, void> whole = LutBodies<L, V, F>.Body(most, count);
        for (; left > 0; left -= most)
        {
            tile->Tables = tables;
            (left >= most ? whole : LutBodies<L, V, F>.Body(left, count))(tile);
            tables += most * vectorBytes;
            tile->Sums0 += most * LutBodies<L, V, F>.SumBytes;
            tile->Sums1 += most * LutBodies<L, V, F>.SumBytes;
            tile->Sums2 += most * LutBodies<L, V, F>.SumBytes;
        }
    }
}
