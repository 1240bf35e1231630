namespace LowBit.Kernels.IntegerKernels;

/// <summary>
/// Working memory of one call: a table of offsets and one slot per thread. A chunk claims any free slot; there are as many slots as threads, so
/// one is always free or about to be. Which slot it was is never visible in a result.
/// </summary>
internal readonly unsafe struct ScratchSlots
{
    private const int Alignment = 64;

    private readonly int* _taken;
    private readonly byte* _first;
    private readonly long _slotBytes;
    private readonly int _count;

    public ScratchSlots(byte* memory, int offsets, long slotBytes, int threads)
    {
        _taken = (int*)memory;
        new Span<int>(_taken, threads).Clear();
        Offsets = (nint*)(memory + Align((long)threads * sizeof(int)));
        _first = memory + Align((long)threads * sizeof(int)) + Align((long)offsets * sizeof(nint));
        _slotBytes = Align(slotBytes);
        _count = threads;
    }

    /// <summary>A table that all chunks read: byte offsets, or what a family puts there.</summary>
    public nint* Offsets { get; }

    public static long Bytes(int offsets, long slotBytes, int threads)
        => Align((long)threads * sizeof(int)) + Align((long)offsets * sizeof(nint)) + (threads * Align(slotBytes));

    public int Claim()
    {
        // Starting at a number of the thread's own keeps a thread on memory that is in its caches.
        int start = (int)((uint)Environment.CurrentManagedThreadId % (uint)_count);
        for (int i = start; ; i = i + 1 < _count ? i + 1 : 0)
        {
            if (Interlocked.CompareExchange(ref _taken[i], 1, 0) == 0)
            {
                return i;
            }
        }
    }

    public byte* Memory(int slot) => _first + (slot * _slotBytes);

    public void Release(int slot) => Volatile.Write(ref _taken[slot], 0);

    private static long Align(long bytes) => (bytes + Alignment - 1) & -Alignment;
}
