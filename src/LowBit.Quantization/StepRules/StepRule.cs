using LowBit.Quantization.Calibration;

namespace LowBit.Quantization.StepRules;

/// <summary>How a step is derived from values: the initial step of a learned quantizer, or the step itself of one that follows its weights.</summary>
public abstract class StepRule
{
    /// <summary>The step used when all values are zero, so that any step is as good: 1.</summary>
    public const float StepOfZeros = 1;

    /// <summary>Lower-case name in options and messages.</summary>
    public abstract string Name { get; }

    /// <summary>The step for a set of values.</summary>
    /// <param name="values">Finite values that will share the step.</param>
    /// <param name="range">The codes.</param>
    /// <param name="zeroPoint">Code of real zero.</param>
    /// <returns>A positive, finite float; <see cref="StepOfZeros"/> when the values ask for none.</returns>
    /// <exception cref="ArgumentException">A value is NaN or infinite.</exception>
    public float Step(ReadOnlySpan<float> values, CodeRange range, int zeroPoint = 0)
    {
        _ = ValueRange.Of(values);
        float step = (float)Estimate(values, range, zeroPoint);
        return step > 0 ? Math.Clamp(step, Steps.Smallest, Steps.Largest) : StepOfZeros;
    }

    /// <summary>The step in double precision; 0 when the values do not tell.</summary>
    /// <param name="values">Finite values.</param>
    /// <param name="range">The codes.</param>
    /// <param name="zeroPoint">Code of real zero.</param>
    protected abstract double Estimate(ReadOnlySpan<float> values, CodeRange range, int zeroPoint);
}
