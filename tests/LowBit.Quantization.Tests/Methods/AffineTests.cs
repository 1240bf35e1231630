using LowBit.Quantization.Methods;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests.Methods;

public sealed class AffineTests
{
    [Theory]
    [InlineData(-1f, 1f, 128)]
    [InlineData(0f, 1f, 0)]
    [InlineData(-1f, 0f, 255)]
    [InlineData(-0.4242f, 2.8215f, 33)]
    [InlineData(0.5f, 1f, 0)]
    public void Zero_has_a_code(float low, float high, int zeroPoint)
    {
        using ActivationQuantizer quantizer = Affine.Activation(Samples.Device, 8, low, high);
        (float step, int z, int first, int last) = quantizer.Export();
        Assert.Equal((zeroPoint, 0, 255), (z, first, last));
        double width = Math.Max(high, 0) - Math.Min(low, 0);
        Assert.Equal(width / 255, step, Bounds.Relative(width / 255, 2));
        var codes = new int[3];
        quantizer.Codes([0f, -1000f, 1000f], codes);
        Assert.Equal([zeroPoint, 0, 255], codes);
    }

    [Fact]
    public void Every_value_of_the_range_is_within_half_a_step()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = Affine.Activation(Samples.Device, 8, -0.4242f, 2.8215f);
        float[] values = [.. Enumerable.Range(0, 1001).Select(static i => -0.4242f + (3.2457f * i / 1000))];
        Tensor x = Samples.Leaf(values, 1, 1001);
        Tensor y = quantizer.Apply(x);
        (float step, int z, _, _) = quantizer.Export();
        var codes = new int[values.Length];
        quantizer.Codes(values, codes);
        float[] back = y.ToArray();
        for (int i = 0; i < values.Length; i++)
        {
            Assert.True(back[i] == step * (codes[i] - z));
            // The zero point is rounded, so that an end of the range may be clipped by half a step more.
            Assert.InRange(Math.Abs(back[i] - values[i]), 0, step * 1.0001);
        }

        GradientCheck.Weigh(y, Tensor.Full(Samples.Device, y.Shape, 1)).Backward();
        Assert.True(x.Gradient!.ToArray().Count(static g => g == 1) >= 999);
    }

    [Theory]
    [InlineData(1f, 1f)]
    [InlineData(2f, 1f)]
    [InlineData(float.NaN, 1f)]
    [InlineData(0f, float.PositiveInfinity)]
    public void Empty_ranges_are_rejected(float low, float high)
    {
        var error = Assert.Throws<ArgumentException>(() => Affine.Activation(Samples.Device, 8, low, high));
        Assert.Contains("finite range from low to high", error.Message, StringComparison.Ordinal);
    }
}
