using LowBit.Methods.Allocation;
using Xunit;

namespace LowBit.Methods.Tests.Allocation;

public sealed class ParetoPointTests
{
    [Fact]
    public void The_front_is_what_nothing_dominates()
    {
        ParetoPoint small = Point("11", 0.9, 10, 5), middle = Point("22", 0.5, 20, 9), wasteful = Point("33", 0.6, 20, 9), cheap = Point("44", 0.5, 20, 8), best = Point("55", 0.1, 40, 30);
        Assert.Equal([small, cheap, best], ParetoPoint.Front([best, wasteful, middle, cheap, small]));
        Assert.True(cheap.Dominates(middle));
        Assert.False(middle.Dominates(cheap));
        Assert.False(cheap.Dominates(cheap));
    }

    [Fact]
    public void Equal_points_stay_once()
    {
        ParetoPoint a = Point("11", 0.5, 10, 5);
        Assert.Equal([a], ParetoPoint.Front([a, Point("11", 0.5, 10, 5)]));
    }

    private static ParetoPoint Point(string bits, double loss, double bytes, double operations)
        => new(new BitAllocation(bits), loss, 1 - loss, new AllocationCost(bytes, 0, operations, double.NaN));
}
