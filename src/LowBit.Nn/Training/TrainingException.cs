namespace LowBit.Nn.Training;

/// <summary>Training cannot go on: the loss, a weight or a quantizer's step is no finite number any more.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>Describes why training stopped.</summary>
    /// <param name="message">One sentence: what, where, what to do.</param>
    /// <param name="inner">What revealed it, if anything.</param>
    public TrainingException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
