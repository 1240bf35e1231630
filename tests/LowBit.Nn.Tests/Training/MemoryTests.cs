using LowBit.Kernels.Devices;
using LowBit.Nn.Training;
using Xunit;

namespace LowBit.Nn.Tests.Training;

/// <summary>Alone in its process, because the managed heap is measured.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
[Collection(nameof(MemoryTests))]
public class MemoryTests
{
    [Fact]
    public void Two_hundred_steps_use_no_more_memory_than_thirty()
    {
        using var device = new CpuDevice();
        using TrainingRun run = Samples.Start(device, Samples.Recipe(), Samples.Train());
        for (int step = 0; step < 30; step++)
        {
            run.Trainer.Step(step / 5, step % 5);
        }

        long managed = GC.GetTotalMemory(forceFullCollection: true);
        MemoryStatistics native = device.Memory;
        for (int step = 30; step < 200; step++)
        {
            run.Trainer.Step(step / 5, step % 5);
        }

        Assert.Equal(native.InUse, device.Memory.InUse);
        Assert.Equal(native.NativeAllocations, device.Memory.NativeAllocations);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - managed, long.MinValue, 64 * 1024);
    }
}
