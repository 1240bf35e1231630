namespace LowBit.Kernels.FakeQuantization;

/// <summary>The numbers of one channel of an interval quantizer: constants of the inner loop.</summary>
internal readonly unsafe struct IntervalChannel(float* grid, float low, float high)
{
    public float Offset { get; } = grid[0];

    public float Step { get; } = grid[1];

    public float Output { get; } = grid[2];

    /// <summary>α of a soft slope.</summary>
    public float Softness { get; } = grid[3];

    /// <summary>r/s: what a slope dq/dv is multiplied with to give dy/dx.</summary>
    public float Factor { get; } = grid[2] / grid[1];

    public float Low { get; } = low;

    public float High { get; } = high;
}
