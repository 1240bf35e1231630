using System.Runtime.InteropServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Ranges;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>
/// Weights in the order one kernel reads them: in native memory, for one instruction set, never saved. Made by
/// <c>IntegerConv.Pack</c>; dispose it to free the memory.
/// </summary>
public sealed unsafe class PackedConvWeights : IDisposable
{
    private readonly nint _byteLength;
    private byte* _data;

    internal PackedConvWeights(IntegerConvKernel kernel, in ConvShape shape, RangeProof proof, long byteLength)
    {
        Kernel = kernel;
        Shape = shape with { Batch = 1 };
        Proof = proof;
        _byteLength = (nint)byteLength;

        // Weights are read forward again and again: in huge pages, neither address translation nor a page's end holds the prefetchers up.
        _data = NativeMemoryPool.AllocateNative(Math.Max(byteLength, 64));
        NativeMemory.Clear(_data, (nuint)byteLength);
        GC.AddMemoryPressure(Math.Max(byteLength, 64));
    }

    /// <summary>Frees the memory when <see cref="Dispose"/> was forgotten.</summary>
    ~PackedConvWeights() => Free();

    /// <summary>The sizes the weights were packed for, with a batch of one.</summary>
    public ConvShape Shape { get; }

    /// <summary>The proof that every sum fits.</summary>
    public RangeProof Proof { get; }

    /// <summary>The kernel that reads this layout.</summary>
    public IntegerConvKernel Kernel { get; }

    /// <summary>Bytes of native memory held.</summary>
    public long ByteLength => _byteLength;

    internal byte* Data => _data != null ? _data : throw new ObjectDisposedException(nameof(PackedConvWeights));

    /// <summary>Frees the native memory; a second call does nothing.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_data != null)
        {
            NativeMemory.AlignedFree(_data);
            GC.RemoveMemoryPressure(Math.Max((long)_byteLength, 64));
            _data = null;
        }
    }
}
