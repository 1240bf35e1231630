using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LowBit.Kernels.MatrixProducts;

/// <summary>
/// The division of columns into panels of two vectors; a remainder of at most one vector gets a panel of one.
/// Panel p starts at column <c>p · 2 · Lanes</c>; in packed memory it starts at <c>p · 2 · Lanes · depth</c>.
/// </summary>
/// <param name="Columns">Columns to divide.</param>
/// <param name="Lanes">Floats per vector.</param>
internal readonly record struct ColumnPanels(int Columns, int Lanes)
{
    // Rows of a wide matrix lie on different pages, where no prefetcher of the CPU follows.
    private const int RowsAhead = 4;

    /// <summary>Number of panels.</summary>
    public int Count => (Columns + (2 * Lanes) - 1) / (2 * Lanes);

    /// <summary>Columns rounded up to whole vectors as the panels hold them.</summary>
    public int PaddedColumns => ((Count - 1) * 2 * Lanes) + (Vectors(Count - 1) * Lanes);

    /// <summary>First column of a panel.</summary>
    public int First(int panel) => panel * 2 * Lanes;

    /// <summary>Vectors of a panel, 1 or 2.</summary>
    public int Vectors(int panel) => Columns - First(panel) > Lanes ? 2 : 1;

    /// <summary>Real columns of a panel; less than its vectors hold only in the last one.</summary>
    public int Valid(int panel) => Math.Min(Columns - First(panel), 2 * Lanes);

    /// <summary>Packs columns into panels: <c>panels[p][k][lane] = source[k](First(p) + lane)</c>, zeros past the last column.</summary>
    /// <param name="panel">The panel to pack.</param>
    /// <param name="depth">Rows to pack.</param>
    /// <param name="source">The value of column 0 in row 0.</param>
    /// <param name="rowStep">Floats from row to row; 1 when <paramref name="columnStep"/> is not.</param>
    /// <param name="columnStep">Floats from column to column.</param>
    /// <param name="destination">Row 0 of this panel.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe void Pack(int panel, int depth, float* source, nint rowStep, nint columnStep, float* destination)
    {
        int valid = Valid(panel), width = Vectors(panel) * Lanes;
        float* from = source + (First(panel) * columnStep);
        if (columnStep == 1)
        {
            for (nint k = 0; k < depth; k++, from += rowStep, destination += width)
            {
                CopyRow(from, valid, destination, width);
            }

            return;
        }

        Debug.Assert(rowStep == 1, "columns or rows of the source must be contiguous");
        Transposition.Copy(from, columnStep, valid, depth, destination, width);
        for (nint k = 0; k < depth && valid < width; k++)
        {
            new Span<float>(destination + (k * width) + valid, width - valid).Clear();
        }
    }

    /// <summary>Packs some rows of neighbouring panels, row by row, so that what a page of the source holds is read at once.</summary>
    /// <param name="panels">First panel and the one after the last.</param>
    /// <param name="rows">First row and the one after the last.</param>
    /// <param name="depth">Rows of each packed panel.</param>
    /// <param name="source">The value of column 0 in row 0; columns are contiguous.</param>
    /// <param name="rowStep">Floats from row to row.</param>
    /// <param name="destination">Row 0 of the first of these panels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe void PackRows(Range panels, Range rows, int depth, float* source, nint rowStep, float* destination)
    {
        int firstPanel = panels.Start.Value, endPanel = panels.End.Value;
        nint ahead = RowsAhead * rowStep;
        for (nint k = rows.Start.Value; k < rows.End.Value; k++)
        {
            float* to = destination;
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                nint width = Vectors(panel) * Lanes;
                float* from = source + (k * rowStep) + First(panel);
                Cache.Prefetch(from + ahead);
                Cache.Prefetch(from + ahead + 16);
                CopyRow(from, Valid(panel), to + (k * width), width);
                to += width * depth;
            }
        }
    }

    /// <summary>Copies a row of a panel, zeros after its last column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void CopyRow(float* from, nint valid, float* destination, nint width)
    {
        nint i = 0;
        for (; i + 8 <= valid; i += 8)
        {
            Vector256.Store(Vector256.Load(from + i), destination + i);
        }

        for (; i < valid; i++)
        {
            destination[i] = from[i];
        }

        for (; i < width; i++)
        {
            destination[i] = 0;
        }
    }
}
