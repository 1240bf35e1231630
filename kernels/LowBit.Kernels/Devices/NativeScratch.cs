namespace LowBit.Kernels.Devices;

/// <summary>Scratch memory for the time of one kernel call: <c>using var scratch = new NativeScratch(bytes);</c>.</summary>
internal readonly unsafe ref struct NativeScratch
{
    private readonly long _capacity;

    /// <summary>Takes a block from <see cref="NativeMemoryPool.Scratch"/>.</summary>
    /// <param name="byteLength">Bytes needed.</param>
    public NativeScratch(long byteLength)
    {
        Pointer = NativeMemoryPool.Scratch.Take(byteLength, out _capacity);
    }

    /// <summary>The start, aligned to 64 bytes; contents are unspecified.</summary>
    public byte* Pointer { get; }

    /// <summary>Gives the block back.</summary>
    public void Dispose() => NativeMemoryPool.Scratch.Return(Pointer, _capacity);
}
