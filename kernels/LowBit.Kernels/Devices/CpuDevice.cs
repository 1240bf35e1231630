using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Devices;

/// <summary>
/// The processor as a device: vector kernels of one instruction set, shared by the threads of a pool, on pooled native memory.
/// </summary>
/// <remarks>
/// Operations may be called from several threads at once; two calls must not write the same buffer. Results depend neither on the
/// number of threads nor on who runs which chunk; element-wise operations give the same bits with every instruction set.
/// </remarks>
public sealed unsafe partial class CpuDevice : Device
{
    private static readonly Lock s_lock = new();
    private static CpuDevice? s_shared;

    private readonly NativeMemoryPool _memory = new();
    private readonly WorkerPool? _pool;
    private readonly Isa _isa;

    /// <summary>Creates a device.</summary>
    /// <param name="pool">The threads; <see cref="WorkerPool.Shared"/> (as it is at each call) when null.</param>
    /// <param name="isa">The instruction set; <see cref="CpuFeatures.Best"/> when null.</param>
    /// <exception cref="PlatformNotSupportedException">The CPU lacks <paramref name="isa"/>.</exception>
    public CpuDevice(WorkerPool? pool = null, Isa? isa = null)
    {
        _pool = pool;
        _isa = isa ?? CpuFeatures.Best;
        if (!CpuFeatures.IsSupported(_isa))
        {
            throw new PlatformNotSupportedException(
                $"this CPU or runtime has no {CpuFeatures.Word(_isa)}; leave the instruction set out to use {CpuFeatures.Word(CpuFeatures.Best)}");
        }
    }

    /// <summary>The device of the process: the shared threads, the best instruction set.</summary>
    public static CpuDevice Shared
    {
        get
        {
            lock (s_lock)
            {
                return s_shared ??= new CpuDevice();
            }
        }
    }

    /// <inheritdoc/>
    public override string Name => $"cpu ({CpuFeatures.Word(_isa)}, {Pool.ThreadCount} {(Pool.ThreadCount == 1 ? "thread" : "threads")})";

    /// <summary>The instruction set whose kernels run.</summary>
    public Isa Isa => _isa;

    /// <summary>The threads that share the work.</summary>
    public WorkerPool Pool => _pool ?? WorkerPool.Shared;

    /// <inheritdoc/>
    public override MemoryStatistics Memory => _memory.Statistics;

    private Launcher Launch => new(Pool, _isa);

    /// <summary>The address of a buffer's first float; keep the buffer reachable while it is used.</summary>
    /// <param name="b">A buffer of a CPU device.</param>
    /// <exception cref="ArgumentException">The buffer belongs to another kind of device.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was given back.</exception>
    public static float* Pointer(DeviceBuffer b)
    {
        if (b is not CpuBuffer buffer)
        {
            throw new ArgumentException($"a buffer of {b?.Device.Name ?? "no device"} came to the CPU; download and upload it first", nameof(b));
        }

        ObjectDisposedException.ThrowIf(buffer.IsReleased, typeof(DeviceBuffer));
        return (float*)buffer.Data;
    }

    /// <summary>A buffer's memory as a span; keep the buffer reachable while it is used.</summary>
    /// <typeparam name="T">What the buffer holds.</typeparam>
    /// <param name="b">A buffer of a CPU device.</param>
    /// <exception cref="ArgumentException">The buffer belongs to another kind of device.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was given back.</exception>
    public static Span<T> Span<T>(DeviceBuffer b)
        where T : unmanaged
    {
        float* data = Pointer(b);
        return new Span<T>(data, checked((int)(b.ByteLength / sizeof(T))));
    }

    /// <inheritdoc/>
    public override DeviceBuffer Allocate(long byteLength) => new CpuBuffer(this, _memory, byteLength);

    /// <inheritdoc/>
    public override void Upload<T>(ReadOnlySpan<T> source, DeviceBuffer destination)
    {
        Span<T> target = Span<T>(destination);
        if (source.Length > target.Length)
        {
            throw new ArgumentException($"{source.Length} elements do not fit a buffer of {target.Length}", nameof(source));
        }

        source.CopyTo(target);
        GC.KeepAlive(destination);
    }

    /// <inheritdoc/>
    public override void Download<T>(DeviceBuffer source, Span<T> destination)
    {
        ReadOnlySpan<T> from = Span<T>(source);
        if (destination.Length > from.Length)
        {
            throw new ArgumentException($"{destination.Length} elements were asked of a buffer of {from.Length}", nameof(destination));
        }

        from[..destination.Length].CopyTo(destination);
        GC.KeepAlive(source);
    }

    /// <inheritdoc/>
    /// <remarks>The scratch memory that all CPU devices share is freed too.</remarks>
    public override void Trim()
    {
        _memory.Trim();
        NativeMemoryPool.Scratch.Trim();
    }

    // The callers' sizes are trusted everywhere else; here a wrong one would write into foreign memory.
    private static float* Data(DeviceBuffer b, long count)
    {
        float* data = Pointer(b);
        if (b.ByteLength < count * sizeof(float))
        {
            throw new ArgumentException(
                $"an operation over {count} elements got a buffer of {b.ByteLength / sizeof(float)}; check the shapes it was called with");
        }

        return data;
    }

    // A null buffer is a gradient that nobody wants.
    private static float* DataOrNull(DeviceBuffer? b, long count) => b is null ? null : Data(b, count);

    private static ReadOnlySpan<float> Vector(DeviceBuffer b, int count) => new(Data(b, count), count);

    // Buffers must not be collected, and their memory reused, while a kernel works on their addresses.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep(object? a, object? b = null, object? c = null, object? d = null, object? e = null, object? f = null)
    {
    }
}
