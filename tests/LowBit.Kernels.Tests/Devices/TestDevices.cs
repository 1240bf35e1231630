using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Tests.Devices;

/// <summary>The CPU device with every usable instruction set and several thread counts; made once.</summary>
internal static class TestDevices
{
    public static readonly int[] ThreadCounts = [1, 2, 3, 8];

    private static readonly Dictionary<int, WorkerPool> s_pools = ThreadCounts.ToDictionary(static n => n, static n => new WorkerPool(n));

    private static readonly Dictionary<(Isa, int), CpuDevice> s_devices = (
        from isa in CpuFeatures.Usable
        from threads in ThreadCounts
        select (isa, threads)).ToDictionary(static key => key, static key => new CpuDevice(s_pools[key.threads], key.isa));

    public static CpuDevice Get(Isa isa, int threads) => s_devices[(isa, threads)];
}
