using LowBit.Kernels.Devices;

namespace LowBit.Bench.Shapes;

/// <summary>Native memory of one operand, from a pool as a tensor's is, filled from a fixed seed.</summary>
internal sealed unsafe class NativeArray<T> : IDisposable
    where T : unmanaged
{
    private readonly long _capacity;

    public NativeArray(long length, Func<Random, T> fill)
    {
        Pointer = (T*)NativeMemoryPool.Scratch.Take(length * sizeof(T), out _capacity);
        var random = new Random(20261121);
        for (long i = 0; i < length; i++)
        {
            Pointer[i] = fill(random);
        }
    }

    public T* Pointer { get; }

    public void Dispose() => NativeMemoryPool.Scratch.Return((byte*)Pointer, _capacity);
}
