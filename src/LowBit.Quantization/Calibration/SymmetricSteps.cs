namespace LowBit.Quantization.Calibration;

/// <summary>Steps from value ranges, for grids <c>s·(q − z)</c> with a fixed zero point.</summary>
internal static class SymmetricSteps
{
    /// <summary>
    /// The smallest step whose levels reach from <paramref name="low"/> to <paramref name="high"/>:
    /// <c>max(high / (High − z), low / (Low − z))</c>; values on a side that the grid lacks do not count. 0 when nothing is left to cover.
    /// </summary>
    public static double Cover(double low, double high, CodeRange range, int zeroPoint)
    {
        int above = range.High - zeroPoint;
        int below = range.Low - zeroPoint;
        double step = 0;
        if (above > 0 && high > 0)
        {
            step = high / above;
        }

        if (below < 0 && low < 0)
        {
            step = Math.Max(step, low / below);
        }

        return step;
    }
}
