using System.Runtime.InteropServices;
using Xunit;

namespace LowBit.Kernels.Tests.IntegerKernels;

/// <summary>Native memory between two strips of known bytes; writing outside is found by <see cref="Check"/>.</summary>
internal sealed unsafe class GuardedBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int Strip = 128;
    private const byte Canary = 0xA5;
    private readonly nuint _bytes;
    private byte* _memory;

    public GuardedBuffer(long length)
    {
        Length = checked((int)length);
        _bytes = (nuint)(length * sizeof(T));
        _memory = (byte*)NativeMemory.AlignedAlloc(_bytes + (2 * Strip), 64);
        NativeMemory.Fill(_memory, _bytes + (2 * Strip), Canary);
    }

    public int Length { get; }

    public T* Pointer => (T*)(_memory + Strip);

    public Span<T> Span => new(Pointer, Length);

    public void Check(string what)
    {
        for (int i = 0; i < Strip; i++)
        {
            Assert.True(_memory[i] == Canary, $"{what}: {Strip - i} bytes before the buffer were written");
            Assert.True(_memory[(nuint)Strip + _bytes + (nuint)i] == Canary, $"{what}: {i} bytes after the buffer were written");
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
