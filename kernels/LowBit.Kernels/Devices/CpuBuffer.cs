namespace LowBit.Kernels.Devices;

/// <summary>A block of native memory of a <see cref="CpuDevice"/>.</summary>
internal sealed unsafe class CpuBuffer : DeviceBuffer
{
    private readonly NativeMemoryPool _pool;
    private readonly long _capacity;

    public CpuBuffer(CpuDevice device, NativeMemoryPool pool, long byteLength)
        : base(device, byteLength)
    {
        _pool = pool;
        Data = pool.Take(byteLength, out _capacity);
    }

    // A handle that nobody can reach any more gives its block back too; ops keep handles alive while they run.
    ~CpuBuffer()
    {
        if (!IsReleased && Data != null)
        {
            _pool.Return(Data, _capacity);
        }
    }

    /// <summary>The first byte, aligned to 64.</summary>
    public byte* Data { get; private set; }

    /// <inheritdoc/>
    protected override void GiveBack()
    {
#pragma warning disable CA1816 // Releasing is this type's way of disposing.
        GC.SuppressFinalize(this);
#pragma warning restore CA1816
        byte* data = Data;
        Data = null;
        _pool.Return(data, _capacity);
    }
}
