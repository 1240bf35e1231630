using System.Runtime.InteropServices;
using Xunit;

namespace LowBit.Kernels.Tests.IntegerKernels;

/// <summary>
/// Native memory between two strips of known bytes; writing outside is found by <see cref="Check"/>. With <see cref="PageProtection.IsOn"/> the memory ends at a
/// page that may not be touched, so that reading past the end ends the process.
/// </summary>
internal sealed unsafe class GuardedBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int Strip = 128;
    private const byte Canary = 0xA5;
    private readonly nuint _bytes;
    private readonly bool _protected;
    private byte* _memory;
    private byte* _start;

    public GuardedBuffer(long length)
    {
        Length = checked((int)length);
        _bytes = (nuint)(length * sizeof(T));
        _protected = PageProtection.IsOn;
        nuint page = (nuint)Environment.SystemPageSize;
        nuint room = _protected ? (_bytes + Strip + page - 1) / page * page : _bytes + (2 * Strip);
        _memory = (byte*)NativeMemory.AlignedAlloc(room + (_protected ? page : 0), _protected ? page : 64);
        NativeMemory.Fill(_memory, room, Canary);
        _start = _protected ? _memory + room - _bytes : _memory + Strip;
        if (_protected)
        {
            PageProtection.Forbid(_memory + room);
        }
    }

    public int Length { get; }

    public T* Pointer => (T*)_start;

    public Span<T> Span => new(Pointer, Length);

    public void Check(string what)
    {
        for (int i = 1; i <= Strip; i++)
        {
            Assert.True(_start[-i] == Canary, $"{what}: a byte was written {i} bytes before the buffer");
            Assert.True(_protected || _start[_bytes + (nuint)i - 1] == Canary, $"{what}: a byte was written {i} bytes after the end of the buffer");
        }
    }

    public void Dispose()
    {
        if (_protected)
        {
            PageProtection.Allow(_start + _bytes);
        }

        NativeMemory.AlignedFree(_memory);
        _memory = null;
        _start = null;
    }
}
