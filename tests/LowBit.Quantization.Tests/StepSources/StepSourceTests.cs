using LowBit.Quantization.StepSources;
using Xunit;

namespace LowBit.Quantization.Tests.StepSources;

public sealed class StepSourceTests
{
    [Fact]
    public void A_learned_step_is_its_own_parameter()
    {
        using var source = new LearnedStep(Samples.Device, 3);
        Assert.Same(source.Step, source.Learned);
        Assert.Equal(1, source.Slope);
        source.Start([0.5f, 2f, 3f]);
        source.Step.CopyFrom([0.5f, -2f, 0f]);
        source.Refresh("q");
        Assert.Equal([0.5f, 2f, Steps.Smallest], source.Step.ToArray());
        Assert.Empty(source.Buffers());
    }

    [Fact]
    public void A_learned_clip_derives_its_step()
    {
        using var source = new LearnedClip(Samples.Device, 4);
        source.Start([0.5f]);
        Assert.Equal(2f, source.Learned!.Item());
        source.Learned.CopyFrom([-8f]);
        source.Refresh("q");
        Assert.Equal((8f, 2f, 0.25f), (source.Learned.Item(), source.Step.Item(), source.Slope));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearnedClip(Samples.Device, 0));
    }

    [Fact]
    public void A_fixed_step_refuses_data()
    {
        using var source = new FixedStep(Samples.Device, 2, 0.125f);
        Assert.Equal([0.125f, 0.125f], source.Step.ToArray());
        Assert.Throws<InvalidOperationException>(() => source.Start([1f, 1f]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FixedStep(Samples.Device, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FixedStep(Samples.Device, 1, float.NaN));
    }

    [Fact]
    public void A_calibrated_range_is_where_tracking_goes_on()
    {
        using var source = new TrackedStep(Samples.Device, CodeRange.Unsigned(2), 0, 0.5);
        source.Start([2f]);
        using Tensors.Tensor x = Tensors.Tensor.FromArray(Samples.Device, [0f, 12f], 1, 2);
        source.Track(x, isFirst: false, "q");
        Assert.Equal(3f, source.Step.Item());
    }

    [Fact]
    public void Steps_are_counted_from_one()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearnedStep(Samples.Device, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StoredStep(Samples.Device, -1));
    }
}
