namespace LowBit.Quantization.Calibration;

/// <summary>
/// Watches the values that pass through an edge of the network and tells which step to take for them. Memory is bounded and
/// the stream may have any length.
/// </summary>
public abstract class Observer
{
    /// <summary>Lower-case name in options and messages.</summary>
    public abstract string Name { get; }

    /// <summary>Batches seen.</summary>
    public long Batches { get; private set; }

    /// <summary>Takes one batch into account.</summary>
    /// <param name="values">Finite values.</param>
    /// <exception cref="ArgumentException">A value is NaN or infinite; the statistics are unchanged.</exception>
    public void Observe(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        Take(values);
        Batches++;
    }

    /// <summary>The step for what was seen.</summary>
    /// <param name="range">The codes.</param>
    /// <param name="zeroPoint">Code of real zero.</param>
    /// <returns>A positive float; 1 when only zeros (or only values that the grid clips to zero) were seen.</returns>
    /// <exception cref="InvalidOperationException">Nothing was observed.</exception>
    public float Step(CodeRange range, int zeroPoint = 0)
    {
        if (Batches == 0)
        {
            throw new InvalidOperationException($"the {Name} observer has seen no batch; run calibration images through the network before asking for a step");
        }

        float step = (float)Estimate(range, zeroPoint);
        return step > 0 ? Math.Clamp(step, Steps.Smallest, Steps.Largest) : StepRules.StepRule.StepOfZeros;
    }

    /// <summary>Updates the statistics with a batch of at least one value.</summary>
    /// <param name="values">Values of one batch.</param>
    protected abstract void Take(ReadOnlySpan<float> values);

    /// <summary>The step in double precision; 0 when the values do not tell.</summary>
    /// <param name="range">The codes.</param>
    /// <param name="zeroPoint">Code of real zero.</param>
    protected abstract double Estimate(CodeRange range, int zeroPoint);
}
