using LowBit.Kernels.Devices;
using Xunit;

namespace LowBit.Kernels.Tests.Devices;

/// <summary>Device buffers with canaries behind the data; each problem gets fresh ones.</summary>
internal sealed class GuardedBuffers : IDisposable
{
    private const int GuardLength = 32;
    private const int Canary = 0x7FC0DEAD;
    private readonly Device _device;
    private readonly int[] _lengths;

    public GuardedBuffers(Device device, IReadOnlyList<float[]> contents)
    {
        _device = device;
        Buffers = new DeviceBuffer[contents.Count];
        _lengths = new int[contents.Count];
        for (int i = 0; i < contents.Count; i++)
        {
            _lengths[i] = contents[i].Length;
            var guarded = new float[contents[i].Length + GuardLength];
            contents[i].CopyTo(guarded, 0);
            guarded.AsSpan(contents[i].Length).Fill(BitConverter.Int32BitsToSingle(Canary));
            Buffers[i] = device.Allocate(guarded.Length * sizeof(float));
            device.Upload<float>(guarded, Buffers[i]);
        }
    }

    public DeviceBuffer[] Buffers { get; }

    /// <summary>The contents as bits, after the canaries were checked.</summary>
    public int[][] Download(string where)
    {
        var result = new int[Buffers.Length][];
        for (int i = 0; i < Buffers.Length; i++)
        {
            var all = new int[_lengths[i] + GuardLength];
            _device.Download<int>(Buffers[i], all);
            Assert.True(all.AsSpan(_lengths[i]).IndexOfAnyExcept(Canary) < 0, $"{where}: buffer {i} was written beyond its end");
            result[i] = all[.._lengths[i]];
        }

        return result;
    }

    public void Dispose()
    {
        foreach (DeviceBuffer buffer in Buffers)
        {
            buffer.Release();
        }
    }
}
