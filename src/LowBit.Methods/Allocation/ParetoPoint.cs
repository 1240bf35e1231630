namespace LowBit.Methods.Allocation;

/// <summary>An allocation that was judged, with what it costs.</summary>
/// <param name="Bits">The allocation.</param>
/// <param name="Loss">Mean loss, as the search judges.</param>
/// <param name="Accuracy">Share classified rightly, 0 to 1.</param>
/// <param name="Cost">Bytes of weights and activations, bit operations, milliseconds.</param>
public sealed record ParetoPoint(BitAllocation Bits, double Loss, double Accuracy, AllocationCost Cost)
{
    /// <summary>True when this point is nowhere worse than another and somewhere better, by loss and all costs that are known.</summary>
    /// <param name="other">A point judged on the same images.</param>
    public bool Dominates(ParetoPoint other)
    {
        ArgumentNullException.ThrowIfNull(other);
        bool better = false;
        foreach ((double own, double others) in (ReadOnlySpan<(double, double)>)
            [(Loss, other.Loss), (Cost.Bytes, other.Cost.Bytes), (Cost.ActivationBytes, other.Cost.ActivationBytes), (Cost.BitOperations, other.Cost.BitOperations), (Cost.Milliseconds, other.Cost.Milliseconds)])
        {
            if (own > others)
            {
                return false;
            }

            better |= own < others;
        }

        return better;
    }

    /// <summary>The points that no other one dominates, by ascending bytes; of equal ones the first.</summary>
    /// <param name="points">Points judged on the same images.</param>
    public static IReadOnlyList<ParetoPoint> Front(IReadOnlyList<ParetoPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        return [.. points.Where(point => !points.Any(other => other.Dominates(point))).DistinctBy(static point => point.Bits).OrderBy(static point => point.Cost.Bytes).ThenBy(static point => point.Loss)];
    }
}
