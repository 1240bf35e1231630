using System.Diagnostics;

namespace LowBit.Kernels.Devices;

/// <summary>
/// Another device with a clock: every operation runs there and is counted here by name and shape, with its time, its arithmetic and the bytes of
/// its operands. Build a model on it, take a step, read <see cref="Profiles"/>. For one thread of callers.
/// </summary>
/// <param name="inner">The device that works; it is not disposed with this one.</param>
public sealed partial class ProfilingDevice(Device inner) : Device
{
    private readonly Dictionary<(string Name, string Detail), Entry> _entries = [];

    /// <inheritdoc/>
    public override string Name => inner.Name;

    /// <inheritdoc/>
    public override MemoryStatistics Memory => inner.Memory;

    /// <summary>What was counted since the last <see cref="Clear"/>, the longest first.</summary>
    public IReadOnlyList<OperationProfile> Profiles()
    {
        var profiles = new List<OperationProfile>();
        foreach (((string name, string detail), Entry e) in _entries)
        {
            profiles.Add(new OperationProfile(name, detail, e.Calls, Stopwatch.GetElapsedTime(0, e.Ticks).TotalSeconds, e.Operations, e.Floats * sizeof(float)));
        }

        profiles.Sort(static (a, b) => b.Seconds.CompareTo(a.Seconds));
        return profiles;
    }

    /// <summary>Forgets what was counted.</summary>
    public void Clear() => _entries.Clear();

    /// <inheritdoc/>
    public override DeviceBuffer Allocate(long byteLength) => new Handle(this, inner.Allocate(byteLength));

    /// <inheritdoc/>
    public override void Upload<T>(ReadOnlySpan<T> source, DeviceBuffer destination)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Upload(source, In(destination));
        Count(start, "upload", "", source.Length);
    }

    /// <inheritdoc/>
    public override void Download<T>(DeviceBuffer source, Span<T> destination)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Download(In(source), destination);
        Count(start, "download", "", destination.Length);
    }

    /// <inheritdoc/>
    public override void Trim() => inner.Trim();

    private static DeviceBuffer In(DeviceBuffer b)
        => b is Handle handle ? handle.Inner : throw new ArgumentException($"a buffer of {b?.Device.Name ?? "no device"} came to a profiling device; build the model on that device");

    private static DeviceBuffer? InOrNull(DeviceBuffer? b) => b is null ? null : In(b);

    private static string Text(in ConvShape s)
        => $"{s.Height}x{s.Width}x{s.InChannels} -> {s.OutChannels}, {s.KernelHeight}x{s.KernelWidth}/{s.Stride}{(s.Groups > 1 ? $", {s.Groups} groups" : "")}";

    private void Count(long start, string name, string detail, double floats, double operations = 0)
    {
        long ticks = Stopwatch.GetTimestamp() - start;
        if (!_entries.TryGetValue((name, detail), out Entry? entry))
        {
            _entries.Add((name, detail), entry = new Entry());
        }

        entry.Calls++;
        entry.Ticks += ticks;
        entry.Floats += floats;
        entry.Operations += operations;
    }

    private sealed class Entry
    {
        public int Calls { get; set; }

        public long Ticks { get; set; }

        public double Floats { get; set; }

        public double Operations { get; set; }
    }

    /// <summary>A block of the inner device that says it belongs to this one.</summary>
    private sealed class Handle(ProfilingDevice device, DeviceBuffer inner) : DeviceBuffer(device, inner.ByteLength)
    {
        public DeviceBuffer Inner { get; } = inner;

        protected override void GiveBack() => Inner.Release();
    }
}
