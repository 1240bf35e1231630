using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>Which tile computes what is left of a row and of the panels; the only place where the sizes' product is written down.</summary>
internal static unsafe class LutBodies<L, V, F>
    where L : struct, ILutLanes<V>
    where V : struct
    where F : struct, ILutForm
{
    /// <summary>Most panels of a tile.</summary>
    public static int MostPanels
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => F.IsWide ? 2 : 4;
    }

    /// <summary>Most vectors of pixels of a tile.</summary>
    public static int MostVectors
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => F.IsWide ? 8 : 4;
    }

    /// <summary>Pixels of a vector.</summary>
    public static int VectorPixels
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => F.IsWide ? 1 : L.Pixels;
    }

    /// <summary>Outputs of a panel.</summary>
    public static int PanelOutputs
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => F.IsWide ? L.Pixels * LutPanels.Outputs : LutPanels.Outputs;
    }

    /// <summary>Bytes of the sums of a vector.</summary>
    public static int SumBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * L.Pixels * LutPanels.Outputs;
    }

    /// <summary>Sizes that decide how work is cut.</summary>
    public static LutGrain Grain => new(VectorPixels, PanelOutputs, MostVectors, MostPanels, L.MaxTiles);

    /// <summary>Vectors of the tiles that cut a row into as few as possible, about as large as each other.</summary>
    /// <param name="row">Vectors of the row.</param>
    /// <param name="panels">Panels of a tile.</param>
    public static int Vectors(int row, int panels)
    {
        int most = Math.Min(MostVectors, L.MaxTiles / panels), tiles = (row + most - 1) / most;
        return (row + tiles - 1) / tiles;
    }

    /// <summary>The tile of so many vectors and panels.</summary>
    public static delegate*<LutTileArguments*, void> Body(int vectors, int panels) => F.IsWide
        ? vectors switch
        {
            1 => Wide<Size1>(panels),
            2 => Wide<Size2>(panels),
            3 => Wide<Size3>(panels),
            4 => Wide<Size4>(panels),
            5 => Wide<Size5>(panels),
            6 => Wide<Size6>(panels),
            7 => Wide<Size7>(panels),
            _ => Wide<Size8>(panels),
        }
        : vectors switch
        {
            1 => Narrow<Size1>(panels),
            2 => Narrow<Size2>(panels),
            3 => Narrow<Size3>(panels),
            _ => Narrow<Size4>(panels),
        };

    private static delegate*<LutTileArguments*, void> Wide<P>(int panels)
        where P : struct, ILutSize
        => panels switch
        {
            1 => &WideTile<L, V, P, Size1>.Run,
            2 => &WideTile<L, V, P, Size2>.Run,
            _ => &WideTile<L, V, P, Size3>.Run,
        };

    private static delegate*<LutTileArguments*, void> Narrow<P>(int panels)
        where P : struct, ILutSize
        => panels switch
        {
            1 => &LutTile<L, V, P, Size1>.Run,
            2 => &LutTile<L, V, P, Size2>.Run,
            3 => &LutTile<L, V, P, Size3>.Run,
            _ => &LutTile<L, V, P, Size4>.Run,
        };
}
