using System.Runtime.InteropServices;

namespace LowBit.Kernels.Arenas;

/// <summary>
/// One block of native memory, 64-byte aligned and zeroed, that is addressed by offset. Callers that may not use pointers
/// (the runtime) hand offsets and spans around; kernels take the <see cref="Address"/>.
/// </summary>
public sealed unsafe class NativeArena : IDisposable
{
    /// <summary>The alignment of the block, in bytes; offsets that are multiples of it are aligned too.</summary>
    public const int Alignment = 64;

    // Vector kernels may read (never write) up to one vector past the last byte they need.
    private const int Slack = 128;

    private byte* _memory;

    /// <summary>Allocates and zeroes the block.</summary>
    /// <param name="length">Bytes, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <exception cref="OutOfMemoryException">The system has no such block.</exception>
    public NativeArena(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        nuint bytes = checked((nuint)length + Slack);
        _memory = (byte*)NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear(_memory, bytes);
    }

    /// <summary>Frees the block of an arena that nobody disposed.</summary>
    ~NativeArena() => Free();

    /// <summary>Usable bytes.</summary>
    public long Length { get; }

    /// <summary>The address of a range, checked to lie inside the block.</summary>
    /// <param name="offset">First byte of the range.</param>
    /// <param name="length">Bytes of the range.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie inside the block.</exception>
    /// <exception cref="ObjectDisposedException">The block was freed.</exception>
    public nint Address(long offset, long length)
    {
        Check(offset, length);
        return (nint)(_memory + offset);
    }

    /// <summary>A range of the block as a span.</summary>
    /// <param name="offset">First byte of the range.</param>
    /// <param name="length">Bytes of the range, below 2^31.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie inside the block.</exception>
    /// <exception cref="ObjectDisposedException">The block was freed.</exception>
    public Span<byte> Span(long offset, int length)
    {
        Check(offset, length);
        return new Span<byte>(_memory + offset, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Check(long offset, long length)
    {
        ObjectDisposedException.ThrowIf(_memory == null, this);
        if (offset < 0 || length < 0 || offset > Length - length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), $"the range of {length} bytes at {offset} does not lie inside an arena of {Length} bytes");
        }
    }

    private void Free()
    {
        if (_memory != null)
        {
            NativeMemory.AlignedFree(_memory);
            _memory = null;
        }
    }
}
