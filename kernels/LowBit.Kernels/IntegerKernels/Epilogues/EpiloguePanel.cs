using LowBit.Kernels.Requantization;

namespace LowBit.Kernels.IntegerKernels.Epilogues;

/// <summary>A tile of accumulators <c>[pixels, lanes]</c> and the rule for its lanes; <see cref="Scales"/> is null when the rule has no form in single precision.</summary>
internal readonly unsafe struct EpiloguePanel(RequantizeTable table, int channel, int* tile, int lanes, int pixels)
{
    public readonly long* Multipliers = table.Multipliers + channel;
    public readonly long* ResidualMultipliers = table.ResidualMultipliers + channel;
    public readonly long* Offsets = table.Offsets + channel;
    public readonly long* Shifts = table.Shifts + channel;
    public readonly float* Scales = table.HasFloatForm ? table.Scales + channel : null;
    public readonly float* Biases = table.Biases + channel;
    public readonly int Low = table.Low;
    public readonly int High = table.High;
    public readonly int* Tile = tile;
    public readonly nint TileStride = lanes;
    public readonly nint Pixels = pixels;
}
