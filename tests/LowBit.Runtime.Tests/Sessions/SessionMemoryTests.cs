using LowBit.Runtime.Models;
using LowBit.Runtime.Sessions;
using Xunit;

namespace LowBit.Runtime.Tests.Sessions;

/// <summary>Counts what the whole process allocates, so nothing else may run meanwhile.</summary>
[Collection(Name)]
public class SessionMemoryTests
{
    public const string Name = "alone in the process";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_run_allocates_nothing(int threads)
    {
        IntegerModel model = SampleModel.Create();
        using var session = new Session(model, new SessionOptions { Threads = threads, Batch = 4, Profile = true });
        byte[] images = SampleModel.Images(4);
        var logits = new int[4 * model.Classes];
        var classes = new int[4];
        for (int i = 0; i < 20; i++)
        {
            session.Run(images, logits);
            session.Classify(images, classes);
        }

        long thread = GC.GetAllocatedBytesForCurrentThread(), total = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < 5000; i++)
        {
            session.Run(images, logits);
            session.Classify(images, classes);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - thread);
        // The test host itself may allocate a little; a worker that allocated in each of ten thousand runs would exceed this.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - total, 0, 200_000);
    }

    [CollectionDefinition(Name, DisableParallelization = true)]
    public sealed class Alone;
}
