namespace LowBit.Kernels.Files;

/// <summary>Files that are either the old or the new one, never half of it: written beside the target, flushed to the disk, renamed.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file.</summary>
    /// <param name="path">The target; an existing file is replaced at the end, its folder must exist.</param>
    /// <param name="write">Writes the content to the stream it is given (seekable); an exception leaves the target as it was.</param>
    /// <exception cref="IOException">The disk is full, the folder is missing, or the target cannot be replaced.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string full = Path.GetFullPath(path);

        // The process id and a counter keep concurrent writers of one target apart; the last rename wins.
        string temporary = $"{full}.{Environment.ProcessId}-{Interlocked.Increment(ref s_counter)}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes a file that is already in memory.</summary>
    /// <param name="path">The target; replaced at the end.</param>
    /// <param name="content">Its bytes.</param>
    public static void Write(string path, byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        Write(path, stream => stream.Write(content));
    }

    private static int s_counter;
}
