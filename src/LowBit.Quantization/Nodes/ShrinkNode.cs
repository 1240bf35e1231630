using LowBit.Kernels.Devices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Tensors;

namespace LowBit.Quantization.Nodes;

/// <summary>
/// y = A·sign(w)·t^γ. With the sums S of the backward kernel: dL/dc = −S₀/(2d), dL/dd = −S₁/d, dL/dγ = S₂. Keeps the weights and a copy of the grid.
/// </summary>
internal sealed class ShrinkNode(Tensor weights, Tensor[] learned, FakeQuantShape shape, double gradientScale) : Node([weights, .. learned])
{
    private Tensor? _grid;

    public override bool KeepsOutput => false;

    public Tensor Run(Tensor grid)
    {
        Tensor y = Output(this, weights.Shape);
        Device.ShrinkForward(shape, weights.Buffer, grid.Buffer, y.Buffer);
        if (IsRecorded)
        {
            _grid = Own(grid.Shape);
            Device.Copy(grid.Length, grid.Buffer, _grid.Buffer);
        }

        return y;
    }

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        using Tensor sums = Tensor.Allocate(Device, new Shape(shape.Channels, ShrinkGrid.SumCount));
        Device.ShrinkBackward(shape, weights.Buffer, _grid!.Buffer, outputGradient, gradients.For(weights), sums.Buffer);
        float[] s = sums.ToArray(), grid = _grid.ToArray();
        var all = new double[learned.Length][];
        for (int k = 0; k < all.Length; k++)
        {
            all[k] = new double[shape.Channels];
        }

        for (int c = 0; c < shape.Channels; c++)
        {
            double width = grid[(c * ShrinkGrid.Length) + 1];
            ReadOnlySpan<float> own = s.AsSpan(c * ShrinkGrid.SumCount, ShrinkGrid.SumCount);
            all[0][c] = -own[0] / (2 * width);
            all[1][c] = -own[1] / width;
            all[2][c] = own[2];
        }

        for (int k = 0; k < all.Length; k++)
        {
            HostGradients.Add(gradients, learned[k], all[k], gradientScale);
        }
    }
}
