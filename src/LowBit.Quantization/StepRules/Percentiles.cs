namespace LowBit.Quantization.StepRules;

/// <summary>Checks of percentile settings.</summary>
internal static class Percentiles
{
    /// <summary>percent / 100 after a check.</summary>
    public static double Share(double percent)
    {
        if (!(percent > 0 && percent <= 100))
        {
            throw new ArgumentOutOfRangeException(nameof(percent), percent, $"a percentile lies above 0 and at most at 100, got {percent}");
        }

        return percent / 100;
    }
}
