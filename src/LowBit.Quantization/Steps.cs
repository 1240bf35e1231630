namespace LowBit.Quantization;

/// <summary>What every step of every quantizer obeys.</summary>
public static class Steps
{
    /// <summary>The smallest step, 2^−23. A learned step that an optimiser moved to or below zero is brought back to it.</summary>
    public const float Smallest = 1.1920929e-7f;

    /// <summary>The largest step, 2^60; a float32 times any code stays finite.</summary>
    public const float Largest = 1.1529215e18f;

    /// <summary>
    /// The positive step that stands for a learned one: <c>clamp(|step|, 2^−23, 2^60)</c>. The magnitude, because an
    /// optimiser that overshoots zero by a little meant a small step, not the smallest possible one.
    /// </summary>
    /// <param name="step">Any number but NaN.</param>
    /// <param name="name">Whose step it is, for the message.</param>
    /// <exception cref="ArithmeticException"><paramref name="step"/> is NaN.</exception>
    public static float Positive(float step, string name)
    {
        if (float.IsNaN(step))
        {
            throw new ArithmeticException($"the step of quantizer {name} became NaN; lower the learning rate or clip the gradients");
        }

        return Math.Clamp(MathF.Abs(step), Smallest, Largest);
    }
}
