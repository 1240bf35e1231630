namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>Which tile computes what is left of a row and of the panels; the only place where the sizes' product is written down.</summary>
internal static unsafe class LutBodies<L, V>
    where L : struct, ILutLanes<V>
    where V : struct
{
    /// <summary>Panels of the next tile when <paramref name="left"/> remain.</summary>
    public static int Panels(int left) => left >= 4 && L.MaxTiles >= 8 ? 4 : left >= 2 ? 2 : 1;

    /// <summary>Vectors of the next tile when <paramref name="left"/> remain in the row and the tile has <paramref name="panels"/> panels.</summary>
    public static int Vectors(int left, int panels)
    {
        int most = L.MaxTiles / panels;
        while (most > left)
        {
            most >>= 1;
        }

        return most;
    }

    public static delegate*<LutTileArguments*, void> Body(int vectors, int panels) => (vectors, panels) switch
    {
        (8, 1) => &LutTile<L, V, Size8, Size1>.Run,
        (4, 1) => &LutTile<L, V, Size4, Size1>.Run,
        (2, 1) => &LutTile<L, V, Size2, Size1>.Run,
        (1, 1) => &LutTile<L, V, Size1, Size1>.Run,
        (4, 2) => &LutTile<L, V, Size4, Size2>.Run,
        (2, 2) => &LutTile<L, V, Size2, Size2>.Run,
        (1, 2) => &LutTile<L, V, Size1, Size2>.Run,
        (2, _) => &LutTile<L, V, Size2, Size4>.Run,
        _ => &LutTile<L, V, Size1, Size4>.Run,
    };
}
