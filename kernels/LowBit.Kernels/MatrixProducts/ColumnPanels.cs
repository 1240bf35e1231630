using System.Diagnostics;

namespace LowBit.Kernels.MatrixProducts;

/// <summary>
/// The division of columns into panels of two vectors; a remainder of at most one vector gets a panel of one.
/// Panel p starts at column <c>p · 2 · Lanes</c>; in packed memory it starts at <c>p · 2 · Lanes · depth</c>.
/// </summary>
/// <param name="Columns">Columns to divide.</param>
/// <param name="Lanes">Floats per vector.</param>
internal readonly record struct ColumnPanels(int Columns, int Lanes)
{
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
    public unsafe void Pack(int panel, int depth, float* source, nint rowStep, nint columnStep, float* destination)
    {
        int valid = Valid(panel), width = Vectors(panel) * Lanes;
        float* from = source + (First(panel) * columnStep);
        if (columnStep == 1)
        {
            for (nint k = 0; k < depth; k++, from += rowStep, destination += width)
            {
                new ReadOnlySpan<float>(from, valid).CopyTo(new Span<float>(destination, width));
                new Span<float>(destination + valid, width - valid).Clear();
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
}
