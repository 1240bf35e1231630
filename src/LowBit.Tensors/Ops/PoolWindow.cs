using LowBit.Kernels.Devices;

namespace LowBit.Tensors.Ops;

/// <summary>What all poolings check.</summary>
internal static class PoolWindow
{
    public static PoolShape Check(string op, Tensor x, int kernelHeight, int kernelWidth, int stride, int padding)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape.Rank != 4)
        {
            throw ShapeError.Of(op, "x is [batch, height, width, channels]", x);
        }

        var shape = new PoolShape(
            x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], kernelHeight, kernelWidth, stride == 0 ? kernelHeight : stride, padding);
        try
        {
            shape.Validate();
        }
        catch (ArgumentException e)
        {
            throw ShapeError.Of(op, e.Message, x);
        }

        return shape;
    }

    public static Shape Output(in PoolShape shape) => new(shape.Batch, shape.OutHeight, shape.OutWidth, shape.Channels);
}
