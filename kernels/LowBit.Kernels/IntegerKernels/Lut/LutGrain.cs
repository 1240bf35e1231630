namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>The sizes of a form's vectors and tiles, as far as the cutting into chunks asks.</summary>
/// <param name="VectorPixels">Pixels of a vector.</param>
/// <param name="PanelOutputs">Outputs of a panel.</param>
/// <param name="TileVectors">Most vectors of pixels in a tile.</param>
/// <param name="TilePanels">Most panels in a tile.</param>
/// <param name="Tiles">Most accumulators of a tile.</param>
internal readonly record struct LutGrain(int VectorPixels, int PanelOutputs, int TileVectors, int TilePanels, int Tiles)
{
    /// <summary>Bytes of the sums of a vector.</summary>
    public int SumBytes => 2 * VectorPixels * PanelOutputs;

    /// <summary>Pixels of a run of a flat image: one tile.</summary>
    public int RunPixels(int panels) => VectorPixels * Math.Min(TileVectors, Tiles / Math.Min(panels, TilePanels));
}
