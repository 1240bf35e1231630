using System.Numerics;
using System.Runtime.InteropServices;

namespace LowBit.Kernels.Devices;

/// <summary>
/// Native memory by size class: four classes per power of two, so at most a quarter of a block is unused. Blocks start at
/// 64 bytes, large ones at 2 MiB with huge pages asked for. Safe for use by several threads.
/// </summary>
internal sealed unsafe partial class NativeMemoryPool
{
    private const long HugePage = 2L << 20;
    private const int MadviseHugePage = 14;
    private const int ClassCount = 4 * 64;

    private readonly Lock _lock = new();
    private readonly Stack<nint>?[] _free = new Stack<nint>?[ClassCount];
    private long _inUse;
    private long _pooled;
    private long _peak;
    private long _nativeAllocations;
    private bool _abandoned;

    // The device is gone; blocks that come back later, from handles finalised after this, are freed at once.
    ~NativeMemoryPool()
    {
        _abandoned = true;
        Trim();
    }

    /// <summary>The pool for scratch memory of kernels that have no device at hand.</summary>
    public static NativeMemoryPool Scratch { get; } = new();

    /// <summary>Where the memory is.</summary>
    public MemoryStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                return new MemoryStatistics(_inUse, _pooled, _peak, _nativeAllocations);
            }
        }
    }

    /// <summary>The size of the block that serves a request.</summary>
    /// <param name="byteLength">Bytes asked for, 0 or more.</param>
    public static long Capacity(long byteLength)
    {
        if (byteLength <= 256)
        {
            return Math.Max(64, (byteLength + 63) & ~63L);
        }

        long quarter = 1L << (BitOperations.Log2((ulong)(byteLength - 1)) - 2);
        return (byteLength + quarter - 1) & -quarter;
    }

    /// <summary>Takes a block; its contents are unspecified.</summary>
    /// <param name="byteLength">Bytes needed, 0 or more.</param>
    /// <param name="capacity">The block's size, needed to give it back.</param>
    public byte* Take(long byteLength, out long capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        capacity = Capacity(byteLength);
        lock (_lock)
        {
            byte* block;
            if (_free[ClassOf(capacity)] is { Count: > 0 } stack)
            {
                block = (byte*)stack.Pop();
                _pooled -= capacity;
            }
            else
            {
                block = AllocateNative(capacity);
                _nativeAllocations++;
            }

            _inUse += capacity;
            _peak = Math.Max(_peak, _inUse);
            return block;
        }
    }

    /// <summary>Gives a block back.</summary>
    /// <param name="block">What <see cref="Take"/> returned.</param>
    /// <param name="capacity">The capacity it reported.</param>
    public void Return(byte* block, long capacity)
    {
        lock (_lock)
        {
            if (_abandoned)
            {
                NativeMemory.AlignedFree(block);
                return;
            }

            (_free[ClassOf(capacity)] ??= new Stack<nint>()).Push((nint)block);
            _inUse -= capacity;
            _pooled += capacity;
        }
    }

    /// <summary>Gives pooled memory back to the operating system.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            foreach (Stack<nint>? stack in _free)
            {
                while (stack is { Count: > 0 })
                {
                    NativeMemory.AlignedFree((void*)stack.Pop());
                }
            }

            _pooled = 0;
        }
    }

    // Capacities are k·2^e with k in 4..7 (and 64, 128, 192, 256): two bits below the leading one name the class.
    private static int ClassOf(long capacity)
    {
        int log = BitOperations.Log2((ulong)capacity);
        return (4 * log) + (int)((capacity >> (log - 2)) & 3);
    }

    /// <summary>Memory outside the pool, to be freed with <see cref="NativeMemory.AlignedFree"/>: 64-byte aligned, in huge pages when it is large.</summary>
    /// <param name="capacity">Bytes, 1 or more.</param>
    public static byte* AllocateNative(long capacity)
    {
        if (capacity < HugePage)
        {
            return (byte*)NativeMemory.AlignedAlloc((nuint)capacity, 64);
        }

        byte* block = (byte*)NativeMemory.AlignedAlloc((nuint)capacity, (nuint)HugePage);
        if (OperatingSystem.IsLinux())
        {
            // A hint: first touch of 64 MiB takes a third of the time; failure changes nothing.
            _ = Madvise(block, (nuint)capacity, MadviseHugePage);
        }

        return block;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(void* address, nuint length, int advice);
}
