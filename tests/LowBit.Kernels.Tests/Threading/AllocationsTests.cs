using LowBit.TestKit;
using Xunit;

namespace LowBit.Kernels.Tests.Threading;

/// <summary>The measure by which kernels, pools and devices are shown to allocate nothing.</summary>
public class AllocationsTests
{
    [Fact]
    public void A_lock_that_is_fought_over_is_no_allocation_of_each_call()
    {
        var shared = new Lock();
        int calls = 0;
        Assert.Equal(0, Allocations.Least(() =>
        {
            if (++calls == 3)
            {
                FightFor(shared);
            }
        }));
    }

    [Fact]
    public void What_each_call_allocates_is_counted()
    {
        byte[]? kept = null;
        Assert.InRange(Allocations.Least(() => kept = new byte[1000]), 1000, 1100);
        Assert.NotNull(kept);
    }

    private static void FightFor(Lock shared)
    {
        using var held = new ManualResetEventSlim();
        var holder = new Thread(() =>
        {
            lock (shared)
            {
                held.Set();
                Thread.Sleep(20);
            }
        });
        holder.Start();
        held.Wait();
        shared.Enter();
        shared.Exit();
        holder.Join();
    }
}
