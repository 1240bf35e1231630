namespace LowBit.Data;

/// <summary>Data that are not here and cannot be fetched: offline, no network, or an unknown set.</summary>
public sealed class DataUnavailableException : Exception
{
    /// <summary>Makes the exception with a general sentence.</summary>
    public DataUnavailableException()
        : this("the data are not here and cannot be fetched")
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">One sentence: what is missing, where, what to do.</param>
    public DataUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception around another one.</summary>
    /// <param name="message">One sentence: what is missing, where, what to do.</param>
    /// <param name="innerException">What was thrown below.</param>
    public DataUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
