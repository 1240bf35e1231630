using System.Runtime.InteropServices;

namespace LowBit.Bench.Shapes;

/// <summary>Native memory of one operand, 64-byte aligned, filled from a fixed seed.</summary>
internal sealed unsafe class NativeArray<T> : IDisposable
    where T : unmanaged
{
    public NativeArray(long length, Func<Random, T> fill)
    {
        Pointer = (T*)NativeMemory.AlignedAlloc((nuint)(length * sizeof(T)), 64);
        var random = new Random(20261121);
        for (long i = 0; i < length; i++)
        {
            Pointer[i] = fill(random);
        }
    }

    public T* Pointer { get; }

    public void Dispose() => NativeMemory.AlignedFree(Pointer);
}
