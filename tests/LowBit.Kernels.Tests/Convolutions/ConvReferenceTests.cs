using LowBit.Kernels.Convolutions;
using LowBit.Kernels.Devices;
using Xunit;

namespace LowBit.Kernels.Tests.Convolutions;

/// <summary>The oracle itself, on numbers that can be checked by hand.</summary>
public sealed unsafe class ConvReferenceTests
{
    // x = [1 2 3; 4 5 6; 7 8 9], w = [1 10; 100 1000].
    private static readonly float[] s_x = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    private static readonly float[] s_w = [1, 10, 100, 1000];
    private static readonly ConvShape s_shape = new(1, 3, 3, 1, 1, 2, 2, 1, 0);

    [Fact]
    public void Forward_of_a_small_image()
    {
        var y = new float[4];
        fixed (float* x = s_x, w = s_w, bias = new float[] { 0.5f }, to = y)
        {
            ConvReference.Forward(s_shape, x, w, bias, to, 0, 2);
        }

        Assert.Equal([5421.5f, 6532.5f, 8754.5f, 9865.5f], y);
    }

    [Fact]
    public void Input_gradient_of_a_small_image()
    {
        var gx = new float[9];
        gx[4] = 0.5f;
        fixed (float* gy = new float[] { 1, 2, 3, 4 }, w = s_w, to = gx)
        {
            ConvReference.BackwardInput(s_shape, gy, w, to, accumulate: true, 0, 3);
        }

        Assert.Equal([1, 12, 20, 103, 1234.5f, 2040, 300, 3400, 4000], gx);
    }

    [Fact]
    public void Weight_gradient_of_a_small_image()
    {
        var gw = new float[] { 0, 0, 0, 0.5f };
        fixed (float* x = s_x, gy = new float[] { 1, 2, 3, 4 }, to = gw)
        {
            ConvReference.BackwardWeights(s_shape, x, gy, to, 0, 1);
        }

        Assert.Equal([37, 47, 67, 77.5f], gw);
    }

    [Fact]
    public void Stride_padding_and_groups()
    {
        // Two channels, each with its own 3x3 kernel of ones and twos, stride 2, padding 1, on 3x3: corners see four pixels.
        var shape = new ConvShape(1, 3, 3, 2, 2, 3, 3, 2, 1, 2);
        var x = new float[18];
        var w = new float[18];
        for (int i = 0; i < 9; i++)
        {
            x[2 * i] = i + 1;
            x[(2 * i) + 1] = 1;
            w[i] = 1;
            w[9 + i] = 2;
        }

        var y = new float[8];
        fixed (float* px = x, pw = w, py = y)
        {
            ConvReference.Forward(shape, px, pw, null, py, 0, 2);
        }

        Assert.Equal([12, 8, 16, 8, 24, 8, 28, 8], y);
    }
}
