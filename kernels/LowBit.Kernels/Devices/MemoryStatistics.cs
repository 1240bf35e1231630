namespace LowBit.Kernels.Devices;

/// <summary>Where a device's memory is.</summary>
/// <param name="InUse">Bytes handed out and not given back.</param>
/// <param name="Pooled">Bytes kept for the next allocation.</param>
/// <param name="Peak">The largest <paramref name="InUse"/> so far.</param>
/// <param name="NativeAllocations">How often the operating system was asked for memory.</param>
public readonly record struct MemoryStatistics(long InUse, long Pooled, long Peak, long NativeAllocations);
