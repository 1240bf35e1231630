using LowBit.Kernels.Files;

namespace LowBit.Nn.TensorBoard;

/// <summary>Appends scalars to a TensorBoard event file, which <c>tensorboard --logdir FOLDER</c> shows while a run goes on.</summary>
public sealed class EventWriter
{
    /// <summary>Name of the file in an output folder; TensorBoard looks for <c>tfevents</c> in it.</summary>
    public const string FileName = "events.out.tfevents.lowbit";

    private readonly string _path;
    private readonly TimeProvider _clock;

    /// <summary>Opens a file or makes it; events of steps that the run is going to repeat, and a record cut by a crash, are removed.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="stepsDone">Optimiser steps that the run has behind it: events up to this step stay.</param>
    /// <param name="clock">Gives the wall time of events; the system's when null.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public EventWriter(string path, long stepsDone, TimeProvider? clock = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
        _clock = clock ?? TimeProvider.System;
        byte[] old = File.Exists(path) ? File.ReadAllBytes(path) : [];
        int kept = KeptLength(old, stepsDone);
        if (kept == 0 || kept < old.Length)
        {
            AtomicFile.Write(path, kept > 0 ? old[..kept] : RecordFraming.Frame(EventMessage.Version(Now)));
        }
    }

    private double Now => (_clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;

    /// <summary>Appends one event.</summary>
    /// <param name="step">Optimiser steps done, the chart's x.</param>
    /// <param name="scalars">Names (a slash makes a group) and values; one chart for each name.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Append(long step, IReadOnlyList<(string Tag, double Value)> scalars)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentNullException.ThrowIfNull(scalars);
        byte[] record = RecordFraming.Frame(EventMessage.Scalars(Now, step, scalars));
        using var file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read);
        file.Write(record);
    }

    // Bytes of whole records up to the step; 0 when the file does not start as an event file does.
    private static int KeptLength(ReadOnlySpan<byte> file, long stepsDone)
    {
        int kept = 0;
        while (RecordFraming.Read(file[kept..], out ReadOnlySpan<byte> content) is > 0 and int length && EventMessage.StepOf(content) <= stepsDone)
        {
            kept += length;
        }

        return kept;
    }
}
