using LowBit.Kernels.Devices;

namespace LowBit.Tensors;

/// <summary>
/// A gradient under construction. Several tensors may hold the same one as long as nobody adds to it (a sum hands its
/// gradient to both sides); who wants to add takes a copy first, unless it is the last holder.
/// </summary>
internal sealed class GradientSlot(DeviceBuffer buffer)
{
    private int _holders = 1;

    public DeviceBuffer Buffer { get; } = buffer;

    public bool IsShared => _holders > 1;

    public GradientSlot Share()
    {
        _holders++;
        return this;
    }

    public void Release()
    {
        if (--_holders == 0)
        {
            Buffer.Release();
        }
    }
}
