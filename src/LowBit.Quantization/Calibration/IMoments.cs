namespace LowBit.Quantization.Calibration;

/// <summary>
/// A distribution seen through its partial moments. The squared error of a grid is a sum over the grid's cells of
/// <c>Σx² − 2·level·Σx + level²·n</c>, so the moments below any border are all that a step search needs.
/// </summary>
internal interface IMoments
{
    /// <summary>The smallest value that occurs.</summary>
    double Low { get; }

    /// <summary>The largest value that occurs.</summary>
    double High { get; }

    /// <summary>Number, sum and sum of squares of the values below <paramref name="border"/>; all of them for +∞.</summary>
    Moments Below(double border);
}
