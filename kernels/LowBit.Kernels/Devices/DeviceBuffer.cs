namespace LowBit.Kernels.Devices;

/// <summary>
/// A block of memory of one <see cref="Devices.Device"/>. Blocks come from the device's pool and go back to it when the
/// last user releases them; contents are unspecified when fresh.
/// </summary>
public abstract class DeviceBuffer
{
    private int _users = 1;

    /// <summary>Creates the handle of a block.</summary>
    /// <param name="device">The owner.</param>
    /// <param name="byteLength">Usable bytes.</param>
    protected DeviceBuffer(Device device, long byteLength)
    {
        Device = device;
        ByteLength = byteLength;
    }

    /// <summary>The device whose memory this is.</summary>
    public Device Device { get; }

    /// <summary>Usable bytes; the block itself may be larger.</summary>
    public long ByteLength { get; }

    /// <summary>True after the last release.</summary>
    public bool IsReleased => Volatile.Read(ref _users) == 0;

    /// <summary>Adds a user, for example a second tensor with another shape over the same block.</summary>
    /// <returns>This buffer.</returns>
    /// <exception cref="ObjectDisposedException">The block was already given back.</exception>
    public DeviceBuffer Share()
    {
        ObjectDisposedException.ThrowIf(IsReleased, this);
        Interlocked.Increment(ref _users);
        return this;
    }

    /// <summary>Removes a user; the last one gives the block back to the pool.</summary>
    public void Release()
    {
        int left = Interlocked.Decrement(ref _users);
        if (left == 0)
        {
            GiveBack();
        }
        else if (left < 0)
        {
            Interlocked.Increment(ref _users);
            throw new ObjectDisposedException(nameof(DeviceBuffer), "a device buffer was released more often than it was shared");
        }
    }

    /// <summary>Puts the block back into the device's pool.</summary>
    protected abstract void GiveBack();
}
