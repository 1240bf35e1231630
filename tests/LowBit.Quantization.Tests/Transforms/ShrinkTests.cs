using LowBit.Quantization.StepRules;
using LowBit.Quantization.Transforms;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests.Transforms;

public sealed class ShrinkTests
{
    [Theory]
    [InlineData(1f)]
    [InlineData(1.5f)]
    [InlineData(0.7f)]
    public void Gradients_are_exact_between_the_ends(float gamma)
    {
        using TensorScope scope = TensorScope.Begin();
        using var transform = new Shrink(
            Samples.Device, 2, CodeRange.NarrowSigned(4), new MinMaxStep(), new QuantizerOptions { Method = "qil", ScaleStepGradient = false });

        // Away from both ends of the interval 0.2 to 1.8, and on both sides of it.
        float[] values = [.. Enumerable.Range(0, 80).Select(static i => (i % 2 == 0 ? 1 : -1) * (i % 5 == 0 ? 0.1f : i % 7 == 0 ? 2.2f : 0.3f + (0.017f * i)))];
        Tensor w = Samples.Leaf(values, 2, 40);
        transform.Begin(values);
        Tensor[] learned = [.. transform.Parameters().Select(static p => p.Tensor)];
        learned[0].CopyFrom([1f, 1f]);
        learned[1].CopyFrom([0.8f, 0.8f]);
        learned[2].CopyFrom([gamma, gamma]);
        foreach (Tensor leaf in (Tensor[])[w, .. learned])
        {
            IReadOnlyList<GradientReport> reports = GradientCheck.Run(() => transform.Apply(w), [leaf], 40, 5, step: 1.0 / 64, directions: 4);
            Assert.All(reports, report => Assert.True(report.Passes, $"{leaf.Name}: {report}"));
            Assert.Contains(reports, static report => report.IsSharp);
        }
    }

    [Fact]
    public void A_channel_of_zeros_takes_the_top_of_the_tensor()
    {
        using var transform = new Shrink(Samples.Device, 2, CodeRange.NarrowSigned(3), new MinMaxStep(), new QuantizerOptions { Method = "qil" });
        Assert.Equal([2f, 2f], transform.Begin([0f, 0f, 6f, -3f]));
        Assert.Equal([6f, 6f], transform.Buffers().Single().Tensor.ToArray());
    }

    [Fact]
    public void Negative_widths_and_exponents_are_used_positive()
    {
        using TensorScope scope = TensorScope.Begin();
        using var transform = new Shrink(Samples.Device, 1, CodeRange.NarrowSigned(3), new MinMaxStep(), new QuantizerOptions { Method = "qil" });
        transform.Begin([4f]);
        Tensor[] learned = [.. transform.Parameters().Select(static p => p.Tensor)];
        learned[1].CopyFrom([-2f]);
        learned[2].CopyFrom([-1f]);
        Assert.Equal([1f, -3f], transform.Apply(Tensor.FromArray(Samples.Device, [1f, -3f], 2)).ToArray());
        Assert.Equal((2f, 1f), (learned[1].Item(), learned[2].Item()));
    }
}
