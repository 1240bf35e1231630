using LowBit.Kernels.Convolutions;
using LowBit.Kernels.Losses;
using LowBit.Kernels.MatrixProducts;
using LowBit.Kernels.Poolings;

namespace LowBit.Kernels.Devices;

/// <content>Products, convolutions, poolings, losses.</content>
public sealed unsafe partial class CpuDevice
{
    /// <inheritdoc/>
    public override void Gemm(in GemmShape shape, DeviceBuffer a, DeviceBuffer b, DeviceBuffer c, bool accumulate)
    {
        Sgemm.Multiply(in shape, Data(a, (long)shape.M * shape.K), Data(b, (long)shape.K * shape.N), Data(c, (long)shape.M * shape.N), accumulate, Pool, _isa);
        Keep(a, b, c);
    }

    /// <inheritdoc/>
    public override void ConvForward(in ConvShape shape, DeviceBuffer x, DeviceBuffer w, DeviceBuffer? bias, DeviceBuffer y)
    {
        float* biases = DataOrNull(bias, shape.OutChannels);
        Conv2d.Forward(in shape, Data(x, shape.InputLength), Data(w, shape.WeightLength), biases, Data(y, shape.OutputLength), Pool, _isa);
        Keep(x, w, bias, y);
    }

    /// <inheritdoc/>
    public override void ConvBackwardInput(in ConvShape shape, DeviceBuffer gy, DeviceBuffer w, DeviceBuffer gx, bool accumulate)
    {
        Conv2d.BackwardInput(in shape, Data(gy, shape.OutputLength), Data(w, shape.WeightLength), Data(gx, shape.InputLength), accumulate, Pool, _isa);
        Keep(gy, w, gx);
    }

    /// <inheritdoc/>
    public override void ConvBackwardWeights(in ConvShape shape, DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gw)
    {
        Conv2d.BackwardWeights(in shape, Data(x, shape.InputLength), Data(gy, shape.OutputLength), Data(gw, shape.WeightLength), Pool, _isa);
        Keep(x, gy, gw);
    }

    /// <inheritdoc/>
    public override void MaxPoolForward(in PoolShape shape, DeviceBuffer x, DeviceBuffer y, DeviceBuffer argmax)
    {
        Launch.Chunks(shape.Batch, new MaxPoolKernel(shape, Data(x, shape.InputLength), Data(y, shape.OutputLength), (int*)Data(argmax, shape.OutputLength)));
        Keep(x, y, argmax);
    }

    /// <inheritdoc/>
    public override void MaxPoolBackward(in PoolShape shape, DeviceBuffer gy, DeviceBuffer argmax, DeviceBuffer gx)
    {
        long inputLength = shape.InputLength / shape.Batch;
        long outputLength = shape.OutputLength / shape.Batch;
        int* indices = (int*)Data(argmax, shape.OutputLength);
        Launch.Chunks(shape.Batch, new MaxPoolBackwardKernel(
            inputLength, outputLength, Data(gy, shape.OutputLength), indices, Data(gx, shape.InputLength)));
        Keep(gy, argmax, gx);
    }

    /// <inheritdoc/>
    public override void AveragePoolForward(in PoolShape shape, DeviceBuffer x, DeviceBuffer y)
    {
        Launch.Chunks(shape.Batch, new AveragePoolKernel(shape, Data(x, shape.InputLength), Data(y, shape.OutputLength)));
        Keep(x, y);
    }

    /// <inheritdoc/>
    public override void AveragePoolBackward(in PoolShape shape, DeviceBuffer gy, DeviceBuffer gx)
    {
        Launch.Chunks(shape.Batch, new AveragePoolBackwardKernel(shape, Data(gy, shape.OutputLength), Data(gx, shape.InputLength)));
        Keep(gy, gx);
    }

    /// <inheritdoc/>
    public override void ShortcutForward(in ShortcutShape shape, DeviceBuffer x, DeviceBuffer y)
    {
        Launch.Chunks(shape.Batch, new ShortcutKernel(shape, Data(x, shape.InputLength), Data(y, shape.OutputLength)));
        Keep(x, y);
    }

    /// <inheritdoc/>
    public override void ShortcutBackward(in ShortcutShape shape, DeviceBuffer gy, DeviceBuffer gx)
    {
        Launch.Chunks(shape.Batch, new ShortcutBackwardKernel(shape, Data(gy, shape.OutputLength), Data(gx, shape.InputLength)));
        Keep(gy, gx);
    }

    /// <inheritdoc/>
    public override void LogSoftmaxForward(int rows, int columns, DeviceBuffer x, DeviceBuffer y)
    {
        Launch.Chunks(new RowChunks(rows, columns).Count, new LogSoftmaxKernel(rows, columns, Data(x, (long)rows * columns), Data(y, (long)rows * columns)));
        Keep(x, y);
    }

    /// <inheritdoc/>
    public override void LogSoftmaxBackward(int rows, int columns, DeviceBuffer y, DeviceBuffer gy, DeviceBuffer gx)
    {
        long count = (long)rows * columns;
        Launch.Chunks(new RowChunks(rows, columns).Count, new LogSoftmaxBackwardKernel(rows, columns, Data(y, count), Data(gy, count), Data(gx, count)));
        Keep(y, gy, gx);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A label is outside [0, <paramref name="classes"/>).</exception>
    public override void CrossEntropyForward(
        int rows, int classes, DeviceBuffer logits, DeviceBuffer labels, float smoothing, DeviceBuffer probabilities, DeviceBuffer losses)
    {
        int* label = (int*)Data(labels, rows);
        for (int row = 0; row < rows; row++)
        {
            if ((uint)label[row] >= (uint)classes)
            {
                throw new ArgumentOutOfRangeException(nameof(labels), label[row], $"label of row {row} is not in 0..{classes - 1}");
            }
        }

        long count = (long)rows * classes;
        var kernel = new CrossEntropyKernel(rows, classes, Data(logits, count), label, smoothing, Data(probabilities, count), Data(losses, rows));
        Launch.Chunks(new RowChunks(rows, classes).Count, in kernel);
        Keep(logits, labels, probabilities, losses);
    }

    /// <inheritdoc/>
    public override void CrossEntropyBackward(
        int rows, int classes, DeviceBuffer probabilities, DeviceBuffer labels, float smoothing, float scale, DeviceBuffer gx)
    {
        long count = (long)rows * classes;
        int* label = (int*)Data(labels, rows);
        var kernel = new CrossEntropyBackwardKernel(rows, classes, Data(probabilities, count), label, smoothing, scale, Data(gx, count));
        Launch.Chunks(new RowChunks(rows, classes).Count, in kernel);
        Keep(probabilities, labels, gx);
    }
}
