using LowBit.Nn.Checkpoints;

namespace LowBit.Nn.Training;

/// <summary>What shows that training went wrong, and the sentence about it.</summary>
internal static class Divergence
{
    private const string Remedy = "lower optimizer.learningRate or lengthen schedule.warmUp, and check the data for NaN";

    /// <summary>True for what quantizers throw at numbers that training made NaN or infinite; other arithmetic errors are mistakes of the program.</summary>
    public static bool IsMeantBy(ArithmeticException failure) => failure is not (OverflowException or DivideByZeroException);

    /// <summary>A loss that is no finite number.</summary>
    /// <param name="loss">Which loss it is, with its value.</param>
    /// <param name="place">Epoch, batch, step and rate.</param>
    public static TrainingException Of(string loss, string place) => new($"{loss} {place}; {Remedy}");

    /// <summary>A number that a quantizer cannot use.</summary>
    /// <param name="failure">The quantizer's sentence.</param>
    /// <param name="place">Epoch, batch, step and rate.</param>
    public static TrainingException Of(ArithmeticException failure, string place) => new($"training diverged {place}: {failure.Message}", failure);

    /// <summary>Throws unless all values of a state are finite, so that no file ever holds another.</summary>
    /// <param name="state">A captured model and optimiser.</param>
    /// <param name="place">Epoch, batch, step and rate.</param>
    /// <exception cref="TrainingException">A value is NaN or infinite.</exception>
    public static void RequireFinite(IReadOnlyDictionary<string, CheckpointTensor> state, string place)
    {
        foreach ((string name, CheckpointTensor tensor) in state)
        {
            foreach (float value in tensor.Data)
            {
                if (!float.IsFinite(value))
                {
                    throw new TrainingException($"training diverged {place}: '{name}' holds {value} afterwards; {Remedy}");
                }
            }
        }
    }
}
