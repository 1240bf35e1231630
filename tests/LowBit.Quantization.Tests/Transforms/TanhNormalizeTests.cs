using LowBit.Quantization.Transforms;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests.Transforms;

public sealed class TanhNormalizeTests
{
    [Fact]
    public void The_largest_magnitude_becomes_one()
    {
        using TensorScope scope = TensorScope.Begin();
        float[] w = Samples.Normal(300, 3);
        float[] t = new TanhNormalize().Apply(Tensor.FromArray(Samples.Device, w, 300)).ToArray();
        double largest = w.Max(static v => Math.Abs(Math.Tanh(v)));
        for (int i = 0; i < w.Length; i++)
        {
            double exact = Math.Tanh(w[i]) / largest;
            // tanh of the device is within 4 units; then the rounded reciprocal and one product.
            Assert.Equal(exact, t[i], Bounds.Relative(exact, 12));
        }

        Assert.Equal(1, t.Max(MathF.Abs), Bounds.Relative(1, 2));
    }

    [Fact]
    public void Zeros_stay_zeros()
    {
        using TensorScope scope = TensorScope.Begin();
        Assert.Equal([0f, 0f], new TanhNormalize().Apply(Tensor.Zeros(Samples.Device, 2)).ToArray());
        Tensor w = Tensor.Zeros(Samples.Device, 2);
        Assert.Same(w, new NoTransform().Apply(w));
    }
}
