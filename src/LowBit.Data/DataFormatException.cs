namespace LowBit.Data;

/// <summary>
/// A data file that is not what its name or header says: truncated, damaged, too long, or of an unsupported kind.
/// The message is one sentence that names the file, the field and its offset.
/// </summary>
public sealed class DataFormatException : Exception
{
    /// <summary>Makes the exception with a full sentence and no place.</summary>
    /// <param name="message">One sentence: what, where, what to do.</param>
    public DataFormatException(string message)
        : base(message)
    {
        File = "";
        Field = "";
    }

    /// <summary>Makes an empty exception; prefer the form that names file, field and offset.</summary>
    public DataFormatException()
        : this("a data file is damaged")
    {
    }

    /// <summary>Makes the exception around another one.</summary>
    /// <param name="message">One sentence: what, where, what to do.</param>
    /// <param name="innerException">What was thrown below.</param>
    public DataFormatException(string message, Exception? innerException)
        : base(message, innerException)
    {
        File = "";
        Field = "";
    }

    /// <summary>Makes the exception that names the place.</summary>
    /// <param name="file">The file's path or name.</param>
    /// <param name="field">The field of the format, for example "IHDR width".</param>
    /// <param name="offset">Byte offset of the field in the file or, for a compressed file, in the decompressed stream.</param>
    /// <param name="problem">What is wrong, with the values, without a full stop.</param>
    public DataFormatException(string file, string field, long offset, string problem)
        : base($"{file}: {field} at byte {offset}: {problem}")
    {
        File = file;
        Field = field;
        Offset = offset;
    }

    /// <summary>The file's path or name; empty when the problem concerns no single file.</summary>
    public string File { get; }

    /// <summary>The field of the format; empty when the problem concerns the whole file.</summary>
    public string Field { get; }

    /// <summary>Byte offset of the field.</summary>
    public long Offset { get; }
}
