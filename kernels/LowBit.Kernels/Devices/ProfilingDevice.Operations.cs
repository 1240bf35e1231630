using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Optimizers;
using LowBit.Kernels.Rng;
using static System.Diagnostics.Stopwatch;

namespace LowBit.Kernels.Devices;

/// <content>The operations.</content>
public sealed partial class ProfilingDevice
{
    /// <inheritdoc/>
    public override void Fill(int count, float value, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.Fill(count, value, In(y));
        Count(start, "fill", "", count);
    }

    /// <inheritdoc/>
    public override void Copy(int count, DeviceBuffer x, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.Copy(count, In(x), In(y));
        Count(start, "copy", "", 2.0 * count);
    }

    /// <inheritdoc/>
    public override void FillUniform(int count, float low, float high, PhiloxKey key, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.FillUniform(count, low, high, key, In(y));
        Count(start, "fill uniform", "", count);
    }

    /// <inheritdoc/>
    public override void FillNormal(int count, float mean, float standardDeviation, PhiloxKey key, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.FillNormal(count, mean, standardDeviation, key, In(y));
        Count(start, "fill normal", "", count);
    }

    /// <inheritdoc/>
    public override void Unary<TOp>(int count, DeviceBuffer x, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.Unary<TOp>(count, In(x), In(y));
        Count(start, "unary", TOp.Name, 2.0 * count);
    }

    /// <inheritdoc/>
    public override void UnaryBackward<TOp>(int count, DeviceBuffer? kept, DeviceBuffer gy, DeviceBuffer gx)
    {
        long start = GetTimestamp();
        inner.UnaryBackward<TOp>(count, InOrNull(kept), In(gy), In(gx));
        Count(start, "unary backward", TOp.Name, (kept is null ? 3.0 : 4.0) * count);
    }

    /// <inheritdoc/>
    public override void Binary<TOp>(int count, DeviceBuffer a, DeviceBuffer b, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.Binary<TOp>(count, In(a), In(b), In(y));
        Count(start, "binary", TOp.Name, 3.0 * count);
    }

    /// <inheritdoc/>
    public override void BinaryBackward<TOp>(int count, DeviceBuffer? a, DeviceBuffer? b, DeviceBuffer gy, DeviceBuffer? ga, DeviceBuffer? gb)
    {
        long start = GetTimestamp();
        inner.BinaryBackward<TOp>(count, InOrNull(a), InOrNull(b), In(gy), InOrNull(ga), InOrNull(gb));
        Count(start, "binary backward", TOp.Name, 5.0 * count);
    }

    /// <inheritdoc/>
    public override void Accumulate(int count, float alpha, DeviceBuffer x, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.Accumulate(count, alpha, In(x), In(y));
        Count(start, "accumulate", "", 3.0 * count);
    }

    /// <inheritdoc/>
    public override void Scale(int count, float alpha, DeviceBuffer x, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.Scale(count, alpha, In(x), In(y));
        Count(start, "scale", "", 2.0 * count);
    }

    /// <inheritdoc/>
    public override void AddRowVector(int rows, int columns, DeviceBuffer x, DeviceBuffer v, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.AddRowVector(rows, columns, In(x), In(v), In(y));
        Count(start, "add row vector", $"{columns}", 2.0 * rows * columns);
    }

    /// <inheritdoc/>
    public override void SumRows(int rows, int columns, DeviceBuffer x, DeviceBuffer gv)
    {
        long start = GetTimestamp();
        inner.SumRows(rows, columns, In(x), In(gv));
        Count(start, "sum rows", $"{columns}", 1.0 * rows * columns);
    }

    /// <inheritdoc/>
    public override void Gemm(in GemmShape shape, DeviceBuffer a, DeviceBuffer b, DeviceBuffer c, bool accumulate)
    {
        long start = GetTimestamp();
        inner.Gemm(in shape, In(a), In(b), In(c), accumulate);
        Count(start, "gemm", $"{shape.M}x{shape.N}x{shape.K}", ((double)shape.M * shape.K) + ((double)shape.K * shape.N) + ((double)shape.M * shape.N), 2.0 * shape.M * shape.N * shape.K);
    }

    /// <inheritdoc/>
    public override void ConvForward(in ConvShape shape, DeviceBuffer x, DeviceBuffer w, DeviceBuffer? bias, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.ConvForward(in shape, In(x), In(w), InOrNull(bias), In(y));
        Count(start, "conv forward", Text(in shape), shape.InputLength + shape.WeightLength + shape.OutputLength, shape.Operations);
    }

    /// <inheritdoc/>
    public override void ConvBackwardInput(in ConvShape shape, DeviceBuffer gy, DeviceBuffer w, DeviceBuffer gx, bool accumulate)
    {
        long start = GetTimestamp();
        inner.ConvBackwardInput(in shape, In(gy), In(w), In(gx), accumulate);
        Count(start, "conv backward input", Text(in shape), shape.InputLength + shape.WeightLength + shape.OutputLength, shape.Operations);
    }

    /// <inheritdoc/>
    public override void ConvBackwardWeights(in ConvShape shape, DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gw)
    {
        long start = GetTimestamp();
        inner.ConvBackwardWeights(in shape, In(x), In(gy), In(gw));
        Count(start, "conv backward weights", Text(in shape), shape.InputLength + shape.WeightLength + shape.OutputLength, shape.Operations);
    }

    /// <inheritdoc/>
    public override void BatchNormForward(
        int rows, int channels, DeviceBuffer x, DeviceBuffer gamma, DeviceBuffer beta, float epsilon, float momentum,
        DeviceBuffer runningMean, DeviceBuffer runningVariance, DeviceBuffer mean, DeviceBuffer inverseDeviation, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.BatchNormForward(rows, channels, In(x), In(gamma), In(beta), epsilon, momentum, In(runningMean), In(runningVariance), In(mean), In(inverseDeviation), In(y));
        Count(start, "batch norm forward", $"{rows}x{channels}", 2.0 * rows * channels);
    }

    /// <inheritdoc/>
    public override void BatchNormBackward(
        int rows, int channels, DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gamma, DeviceBuffer mean, DeviceBuffer inverseDeviation,
        DeviceBuffer? gx, DeviceBuffer? ggamma, DeviceBuffer? gbeta)
    {
        long start = GetTimestamp();
        inner.BatchNormBackward(rows, channels, In(x), In(gy), In(gamma), In(mean), In(inverseDeviation), InOrNull(gx), InOrNull(ggamma), InOrNull(gbeta));
        Count(start, "batch norm backward", $"{rows}x{channels}", (gx is null ? 2.0 : 4.0) * rows * channels);
    }

    /// <inheritdoc/>
    public override void BatchNormInference(
        int rows, int channels, DeviceBuffer x, DeviceBuffer gamma, DeviceBuffer beta, float epsilon,
        DeviceBuffer runningMean, DeviceBuffer runningVariance, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.BatchNormInference(rows, channels, In(x), In(gamma), In(beta), epsilon, In(runningMean), In(runningVariance), In(y));
        Count(start, "batch norm inference", $"{rows}x{channels}", 2.0 * rows * channels);
    }

    /// <inheritdoc/>
    public override void BatchNormInferenceBackward(
        int rows, int channels, DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gamma, float epsilon,
        DeviceBuffer runningMean, DeviceBuffer runningVariance, DeviceBuffer? gx, DeviceBuffer? ggamma, DeviceBuffer? gbeta)
    {
        long start = GetTimestamp();
        inner.BatchNormInferenceBackward(rows, channels, In(x), In(gy), In(gamma), epsilon, In(runningMean), In(runningVariance), InOrNull(gx), InOrNull(ggamma), InOrNull(gbeta));
        Count(start, "batch norm inference backward", $"{rows}x{channels}", (gx is null ? 2.0 : 4.0) * rows * channels);
    }

    /// <inheritdoc/>
    public override void MaxPoolForward(in PoolShape shape, DeviceBuffer x, DeviceBuffer y, DeviceBuffer argmax)
    {
        long start = GetTimestamp();
        inner.MaxPoolForward(in shape, In(x), In(y), In(argmax));
        Count(start, "max pool forward", $"{shape.Height}x{shape.Width}x{shape.Channels}", shape.InputLength + (2.0 * shape.OutputLength));
    }

    /// <inheritdoc/>
    public override void MaxPoolBackward(in PoolShape shape, DeviceBuffer gy, DeviceBuffer argmax, DeviceBuffer gx)
    {
        long start = GetTimestamp();
        inner.MaxPoolBackward(in shape, In(gy), In(argmax), In(gx));
        Count(start, "max pool backward", $"{shape.Height}x{shape.Width}x{shape.Channels}", shape.InputLength + (2.0 * shape.OutputLength));
    }

    /// <inheritdoc/>
    public override void AveragePoolForward(in PoolShape shape, DeviceBuffer x, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.AveragePoolForward(in shape, In(x), In(y));
        Count(start, "average pool forward", $"{shape.Height}x{shape.Width}x{shape.Channels}", shape.InputLength + shape.OutputLength);
    }

    /// <inheritdoc/>
    public override void AveragePoolBackward(in PoolShape shape, DeviceBuffer gy, DeviceBuffer gx)
    {
        long start = GetTimestamp();
        inner.AveragePoolBackward(in shape, In(gy), In(gx));
        Count(start, "average pool backward", $"{shape.Height}x{shape.Width}x{shape.Channels}", (2.0 * shape.InputLength) + shape.OutputLength);
    }

    /// <inheritdoc/>
    public override void ShortcutForward(in ShortcutShape shape, DeviceBuffer x, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.ShortcutForward(in shape, In(x), In(y));
        Count(start, "shortcut forward", "", shape.InputLength + shape.OutputLength);
    }

    /// <inheritdoc/>
    public override void ShortcutBackward(in ShortcutShape shape, DeviceBuffer gy, DeviceBuffer gx)
    {
        long start = GetTimestamp();
        inner.ShortcutBackward(in shape, In(gy), In(gx));
        Count(start, "shortcut backward", "", (2.0 * shape.InputLength) + shape.OutputLength);
    }

    /// <inheritdoc/>
    public override void LogSoftmaxForward(int rows, int columns, DeviceBuffer x, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.LogSoftmaxForward(rows, columns, In(x), In(y));
        Count(start, "log softmax forward", $"{columns}", 2.0 * rows * columns);
    }

    /// <inheritdoc/>
    public override void LogSoftmaxBackward(int rows, int columns, DeviceBuffer y, DeviceBuffer gy, DeviceBuffer gx)
    {
        long start = GetTimestamp();
        inner.LogSoftmaxBackward(rows, columns, In(y), In(gy), In(gx));
        Count(start, "log softmax backward", $"{columns}", 4.0 * rows * columns);
    }

    /// <inheritdoc/>
    public override void CrossEntropyForward(
        int rows, int classes, DeviceBuffer logits, DeviceBuffer labels, float smoothing, DeviceBuffer probabilities, DeviceBuffer losses)
    {
        long start = GetTimestamp();
        inner.CrossEntropyForward(rows, classes, In(logits), In(labels), smoothing, In(probabilities), In(losses));
        Count(start, "cross entropy forward", $"{classes}", 2.0 * rows * classes);
    }

    /// <inheritdoc/>
    public override void CrossEntropyBackward(
        int rows, int classes, DeviceBuffer probabilities, DeviceBuffer labels, float smoothing, float scale, DeviceBuffer gx)
    {
        long start = GetTimestamp();
        inner.CrossEntropyBackward(rows, classes, In(probabilities), In(labels), smoothing, scale, In(gx));
        Count(start, "cross entropy backward", $"{classes}", 3.0 * rows * classes);
    }

    /// <inheritdoc/>
    public override void SgdStep(int count, in SgdOptions options, DeviceBuffer gradient, DeviceBuffer? momentum, DeviceBuffer parameter)
    {
        long start = GetTimestamp();
        inner.SgdStep(count, in options, In(gradient), InOrNull(momentum), In(parameter));
        Count(start, "sgd step", "", (momentum is null ? 3.0 : 5.0) * count);
    }

    /// <inheritdoc/>
    public override void AdamWStep(
        int count, in AdamWOptions options, DeviceBuffer gradient, DeviceBuffer m, DeviceBuffer v, DeviceBuffer? largest, DeviceBuffer parameter)
    {
        long start = GetTimestamp();
        inner.AdamWStep(count, in options, In(gradient), In(m), In(v), InOrNull(largest), In(parameter));
        Count(start, "adamw step", "", (largest is null ? 7.0 : 9.0) * count);
    }

    /// <inheritdoc/>
    public override void RmsPropStep(
        int count, in RmsPropOptions options, DeviceBuffer gradient, DeviceBuffer square, DeviceBuffer? mean, DeviceBuffer? momentum, DeviceBuffer parameter)
    {
        long start = GetTimestamp();
        inner.RmsPropStep(count, in options, In(gradient), In(square), InOrNull(mean), InOrNull(momentum), In(parameter));
        Count(start, "rmsprop step", "", 5.0 * count);
    }

    /// <inheritdoc/>
    public override void FakeQuantForward<TRounding>(in FakeQuantShape shape, DeviceBuffer x, DeviceBuffer steps, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.FakeQuantForward<TRounding>(in shape, In(x), In(steps), In(y));
        Count(start, "fake quant forward", TRounding.Name, 2.0 * shape.Count);
    }

    /// <inheritdoc/>
    public override void FakeQuantBackward<TRounding, TEstimator>(
        in FakeQuantShape shape, DeviceBuffer x, DeviceBuffer steps, DeviceBuffer gy, float stepGradientScale, DeviceBuffer? gx, bool accumulate, DeviceBuffer? gsteps)
    {
        long start = GetTimestamp();
        inner.FakeQuantBackward<TRounding, TEstimator>(in shape, In(x), In(steps), In(gy), stepGradientScale, InOrNull(gx), accumulate, InOrNull(gsteps));
        Count(start, "fake quant backward", TEstimator.Name, (accumulate ? 4.0 : 3.0) * shape.Count);
    }

    /// <inheritdoc/>
    public override double Reduce<TOp>(int count, DeviceBuffer x)
    {
        long start = GetTimestamp();
        double result = inner.Reduce<TOp>(count, In(x));
        Count(start, "reduce", TOp.Name, count);
        return result;
    }

    /// <inheritdoc/>
    public override void ConvNormForward<TActivation>(in ConvShape shape, in ConvNormBuffers buffers, in FusedActivationArguments activation, DeviceBuffer y)
    {
        long start = GetTimestamp();
        inner.ConvNormForward<TActivation>(in shape, In(in buffers), In(in activation), In(y));
        double floats = shape.InputLength + shape.WeightLength + ((activation.Addend is null ? 3.0 : 4.0) * shape.OutputLength);
        Count(start, $"conv+bn+{TActivation.Name} forward", Text(in shape), floats, shape.Operations);
    }

    /// <inheritdoc/>
    public override void ConvNormBackward<TActivation>(
        in ConvShape shape, in ConvNormBuffers buffers, in FusedActivationArguments activation, DeviceBuffer gy, in ConvNormGradients gradients)
    {
        long start = GetTimestamp();
        ConvNormGradients g = gradients with
        {
            X = InOrNull(gradients.X),
            W = InOrNull(gradients.W),
            Gamma = InOrNull(gradients.Gamma),
            Beta = InOrNull(gradients.Beta),
            Addend = InOrNull(gradients.Addend),
            Step = InOrNull(gradients.Step),
        };
        inner.ConvNormBackward<TActivation>(in shape, In(in buffers), In(in activation), In(gy), in g);
        int products = (gradients.X is null ? 0 : 1) + (gradients.W is null ? 0 : 1);
        double floats = ((gradients.X is null ? 1.0 : 2.0) * shape.InputLength) + ((activation.Addend is null ? 4.0 : 6.0) * shape.OutputLength);
        Count(start, $"conv+bn+{TActivation.Name} backward", Text(in shape), floats, products * shape.Operations);
    }

    private static ConvNormBuffers In(in ConvNormBuffers b) => b with
    {
        X = In(b.X),
        W = In(b.W),
        Raw = In(b.Raw),
        Gamma = In(b.Gamma),
        Beta = In(b.Beta),
        RunningMean = In(b.RunningMean),
        RunningVariance = In(b.RunningVariance),
        Mean = In(b.Mean),
        InverseDeviation = In(b.InverseDeviation),
    };

    private static FusedActivationArguments In(in FusedActivationArguments a) => a with { Addend = InOrNull(a.Addend), Step = InOrNull(a.Step) };
}
