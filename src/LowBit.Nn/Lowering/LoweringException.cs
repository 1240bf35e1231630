namespace LowBit.Nn.Lowering;

/// <summary>A model that has no integer form: which layer, why, and what to do about it, in one sentence.</summary>
public sealed class LoweringException : InvalidOperationException
{
    /// <summary>Describes the obstacle.</summary>
    /// <param name="path">Path of the layer, as in checkpoints.</param>
    /// <param name="message">Why it cannot be lowered and what to do.</param>
    /// <param name="inner">The exception that revealed it, or null.</param>
    public LoweringException(string path, string message, Exception? inner = null)
        : base($"layer '{path}': {message}", inner)
    {
        Path = path;
    }

    /// <summary>Path of the layer.</summary>
    public string Path { get; }
}
