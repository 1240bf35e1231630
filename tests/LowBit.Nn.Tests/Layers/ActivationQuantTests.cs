using LowBit.Kernels.Devices;
using LowBit.Kernels.Rng;
using LowBit.Nn.Layers;
using LowBit.Quantization;
using LowBit.Tensors;
using LowBit.Tensors.Ops;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Layers;

public class ActivationQuantTests
{
    private static readonly CpuDevice s_device = CpuDevice.Shared;

    [Theory]
    [InlineData("lsq", 1)]
    [InlineData("lsq", 3)]
    [InlineData("lsq", 8)]
    [InlineData("pact", 4)]
    [InlineData("dorefa", 2)]
    [InlineData("uniform", 4)]
    [InlineData("apot", 3)]
    [InlineData("lsq+", 4)]
    [InlineData("ewgs", 2)]
    [InlineData("dsq", 4)]
    [InlineData("qil", 3)]
    [InlineData("weightnorm", 3)]
    public void A_rectified_edge_equals_a_relu_and_the_edge(string method, int bits)
    {
        var options = new QuantizerOptions { Method = method, Bits = bits };
        using var fused = new ActivationQuant(s_device, options);
        using var apart = new ActivationQuant(s_device, options);
        using Tensor x = Tensor.Normal(s_device, new Shape(7, 33), 0, 1, new PhiloxKey(4, (ulong)bits));
        float[] values = x.ToArray();
        values[3] = 0;
        values[4] = -0f;
        x.CopyFrom(values);
        x.RequiresGradient = true;

        // Twice: the first batch finds the step, the second uses it.
        for (int step = 0; step < 2; step++)
        {
            (float[] y, float[] gx, float[][] gs) = Run(fused, x, input => fused.ForwardRectified(input));
            (float[] y2, float[] gx2, float[][] gs2) = Run(apart, x, input => apart.Forward(input.Apply<Kernels.Elementwise.Relu>()));
            Assert.Equal(y2, y);
            Assert.Equal(gx2, gx);
            Assert.Equal(gs2, gs);
            Assert.Contains(gx, g => g != 0);
            Assert.Equal(apart.Quantizer.Step.ToArray(), fused.Quantizer.Step.ToArray());
        }
    }

    [Fact]
    public void A_signed_edge_behind_a_relu_still_gets_a_relu()
    {
        using var quant = new ActivationQuant(s_device, new QuantizerOptions { Bits = 8, Signed = true });
        using var row = new Sequential(new Relu(s_device), quant);
        using Tensor x = Tensor.FromArray(s_device, [-3f, 3f], 2, 1);
        using var scope = TensorScope.Begin();
        for (int step = 0; step < 2; step++)
        {
            float[] y = row.Forward(x).ToArray();
            Assert.Equal(0, y[0]);
            Assert.True(y[1] > 0);
        }
    }

    private static (float[] Output, float[] InputGradient, float[][] StepGradients) Run(ActivationQuant quant, Tensor x, Func<Tensor, Tensor> forward)
    {
        using var scope = TensorScope.Begin();
        x.ZeroGradient();
        quant.ZeroGradients();
        Tensor y = forward(x);
        GradientCheck.Weigh(y, Tensor.Normal(s_device, y.Shape, 0, 1, new PhiloxKey(5, 6))).Backward();
        return (y.ToArray(), x.Gradient!.ToArray(), [.. quant.Parameters().Select(p => p.Tensor.Gradient!.ToArray())]);
    }
}
