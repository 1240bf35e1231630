namespace LowBit.Kernels.Files;

/// <summary>A file that cannot be read: which file, which field, at which offset, and what is wrong with it.</summary>
public sealed class LowBitFormatException : IOException
{
    /// <summary>Describes a broken file.</summary>
    /// <param name="file">The path, or another name of the source.</param>
    /// <param name="field">The field that holds a wrong value, for example <c>header.version</c>.</param>
    /// <param name="offset">Byte offset of the field from the start of the file; −1 when unknown.</param>
    /// <param name="message">What is wrong and what to do, with the values.</param>
    public LowBitFormatException(string file, string field, long offset, string message)
        : this(file, field, offset, message, null)
    {
    }

    /// <summary>Describes a broken file that another exception revealed.</summary>
    /// <param name="file">The path, or another name of the source.</param>
    /// <param name="field">The field that holds a wrong value.</param>
    /// <param name="offset">Byte offset of the field; −1 when unknown.</param>
    /// <param name="message">What is wrong and what to do, with the values.</param>
    /// <param name="inner">The exception that revealed it.</param>
    public LowBitFormatException(string file, string field, long offset, string message, Exception? inner)
        : base(offset >= 0 ? $"{file}: {field} at byte {offset}: {message}" : $"{file}: {field}: {message}", inner)
    {
        File = file;
        Field = field;
        Offset = offset;
    }

    /// <summary>The path, or another name of the source.</summary>
    public string File { get; }

    /// <summary>The field that holds a wrong value.</summary>
    public string Field { get; }

    /// <summary>Byte offset of the field; −1 when unknown.</summary>
    public long Offset { get; }
}
