using LowBit.Kernels.Elementwise;
using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Normalizations;
using LowBit.Kernels.Optimizers;
using LowBit.Kernels.Reductions;
using LowBit.Kernels.Rng;

namespace LowBit.Kernels.Devices;

/// <summary>
/// Memory and the primitive operations of one machine part that can compute. Tensors name their device; ops call the device
/// and never an instruction set. A backend implements this class and passes the device test table.
/// </summary>
/// <remarks>
/// Conventions of every operation: buffers are dense float32 unless a parameter says otherwise, activations are NHWC,
/// convolution weights OHWI; gradients (parameters named <c>gx</c>, <c>gw</c>, …) are <b>added to</b>, all other
/// destinations are written (element-wise operations may write one of their sources); shapes were checked by the caller (the op),
/// a device refuses buffers that are too short for them; results do not depend on the thread count.
/// </remarks>
public abstract class Device : IDisposable
{
    /// <summary>Name for people, for example <c>cpu (avx512, 2 threads)</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Bytes held and bytes pooled.</summary>
    public abstract MemoryStatistics Memory { get; }

    /// <summary>Takes a block from the pool; contents are unspecified, the start is aligned to 64 bytes.</summary>
    /// <param name="byteLength">Bytes, 0 or more.</param>
    public abstract DeviceBuffer Allocate(long byteLength);

    /// <summary>Copies host data to the start of a buffer.</summary>
    public abstract void Upload<T>(ReadOnlySpan<T> source, DeviceBuffer destination)
        where T : unmanaged;

    /// <summary>Copies the start of a buffer to the host.</summary>
    public abstract void Download<T>(DeviceBuffer source, Span<T> destination)
        where T : unmanaged;

    /// <summary>y[i] = value.</summary>
    public abstract void Fill(int count, float value, DeviceBuffer y);

    /// <summary>y[i] = x[i].</summary>
    public abstract void Copy(int count, DeviceBuffer x, DeviceBuffer y);

    /// <summary>y[i] uniform in [low, high), from the counter-based stream <paramref name="key"/>.</summary>
    public abstract void FillUniform(int count, float low, float high, PhiloxKey key, DeviceBuffer y);

    /// <summary>y[i] normal with the given mean and standard deviation, from the counter-based stream <paramref name="key"/>.</summary>
    public abstract void FillNormal(int count, float mean, float standardDeviation, PhiloxKey key, DeviceBuffer y);

    /// <summary>y[i] = f(x[i]); x and y may be the same buffer.</summary>
    public abstract void Unary<TOp>(int count, DeviceBuffer x, DeviceBuffer y)
        where TOp : struct, IUnaryOp;

    /// <summary>gx[i] += gy[i] · slope(kept[i]); <paramref name="kept"/> is not read when the op keeps nothing.</summary>
    public abstract void UnaryBackward<TOp>(int count, DeviceBuffer? kept, DeviceBuffer gy, DeviceBuffer gx)
        where TOp : struct, IUnaryOp;

    /// <summary>y[i] = f(a[i], b[i]).</summary>
    public abstract void Binary<TOp>(int count, DeviceBuffer a, DeviceBuffer b, DeviceBuffer y)
        where TOp : struct, IBinaryOp;

    /// <summary>ga[i] += gy[i] · df/da and gb[i] += gy[i] · df/db; a gradient that is null is skipped.</summary>
    public abstract void BinaryBackward<TOp>(int count, DeviceBuffer? a, DeviceBuffer? b, DeviceBuffer gy, DeviceBuffer? ga, DeviceBuffer? gb)
        where TOp : struct, IBinaryOp;

    /// <summary>y[i] += alpha · x[i], fused.</summary>
    public abstract void Accumulate(int count, float alpha, DeviceBuffer x, DeviceBuffer y);

    /// <summary>y[i] = alpha · x[i].</summary>
    public abstract void Scale(int count, float alpha, DeviceBuffer x, DeviceBuffer y);

    /// <summary>y[r, c] = x[r, c] + v[c].</summary>
    public abstract void AddRowVector(int rows, int columns, DeviceBuffer x, DeviceBuffer v, DeviceBuffer y);

    /// <summary>gv[c] += Σ_r x[r, c], in a fixed partition.</summary>
    public abstract void SumRows(int rows, int columns, DeviceBuffer x, DeviceBuffer gv);

    /// <summary>Reduces all elements to one number.</summary>
    public abstract double Reduce<TOp>(int count, DeviceBuffer x)
        where TOp : struct, IReduction;

    /// <summary>C = op(A)·op(B), or C += op(A)·op(B) when <paramref name="accumulate"/>.</summary>
    public abstract void Gemm(in GemmShape shape, DeviceBuffer a, DeviceBuffer b, DeviceBuffer c, bool accumulate);

    /// <summary>y = x ⊛ w (+ bias per output channel).</summary>
    public abstract void ConvForward(in ConvShape shape, DeviceBuffer x, DeviceBuffer w, DeviceBuffer? bias, DeviceBuffer y);

    /// <summary>gx = gradient of the convolution to its input, or gx += it when <paramref name="accumulate"/>.</summary>
    public abstract void ConvBackwardInput(in ConvShape shape, DeviceBuffer gy, DeviceBuffer w, DeviceBuffer gx, bool accumulate);

    /// <summary>gw += gradient of the convolution to its weights.</summary>
    public abstract void ConvBackwardWeights(in ConvShape shape, DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gw);

    /// <summary>
    /// Batch normalisation in training: per channel over <paramref name="rows"/> = N·H·W samples; writes the batch mean and
    /// 1/√(biased variance + ε), and moves the running mean and the running (unbiased) variance by <paramref name="momentum"/>.
    /// </summary>
    public abstract void BatchNormForward(
        int rows, int channels, DeviceBuffer x, DeviceBuffer gamma, DeviceBuffer beta, float epsilon, float momentum,
        DeviceBuffer runningMean, DeviceBuffer runningVariance, DeviceBuffer mean, DeviceBuffer inverseDeviation, DeviceBuffer y);

    /// <summary>Gradients of <see cref="BatchNormForward"/>; a gradient that is null is skipped.</summary>
    public abstract void BatchNormBackward(
        int rows, int channels, DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gamma, DeviceBuffer mean, DeviceBuffer inverseDeviation,
        DeviceBuffer? gx, DeviceBuffer? ggamma, DeviceBuffer? gbeta);

    /// <summary>Batch normalisation in evaluation: y = γ·(x − mean)/√(var + ε) + β with the running statistics.</summary>
    public abstract void BatchNormInference(
        int rows, int channels, DeviceBuffer x, DeviceBuffer gamma, DeviceBuffer beta, float epsilon,
        DeviceBuffer runningMean, DeviceBuffer runningVariance, DeviceBuffer y);

    /// <summary>Gradients of <see cref="BatchNormInference"/>; a gradient that is null is skipped.</summary>
    public abstract void BatchNormInferenceBackward(
        int rows, int channels, DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gamma, float epsilon,
        DeviceBuffer runningMean, DeviceBuffer runningVariance, DeviceBuffer? gx, DeviceBuffer? ggamma, DeviceBuffer? gbeta);

    /// <summary>
    /// Convolution, batch normalisation in training and an element-wise function: raw = x ⊛ w, y = f(bn(raw) (+ addend)), with the statistics and running
    /// statistics of <see cref="BatchNormForward"/>, all values equal to those of the separate operations.
    /// </summary>
    /// <typeparam name="TActivation">f.</typeparam>
    public abstract void ConvNormForward<TActivation>(in ConvShape shape, in ConvNormBuffers buffers, in FusedActivationArguments activation, DeviceBuffer y)
        where TActivation : struct, IFusedActivation;

    /// <summary>Gradients of <see cref="ConvNormForward"/>; gradients that are null are skipped.</summary>
    /// <typeparam name="TActivation">f.</typeparam>
    public abstract void ConvNormBackward<TActivation>(
        in ConvShape shape, in ConvNormBuffers buffers, in FusedActivationArguments activation, DeviceBuffer gy, in ConvNormGradients gradients)
        where TActivation : struct, IFusedActivation;

    /// <summary>
    /// Maximum over windows; <paramref name="argmax"/> (int32 per output) receives the flat input index within the image, the first
    /// of equals.
    /// </summary>
    public abstract void MaxPoolForward(in PoolShape shape, DeviceBuffer x, DeviceBuffer y, DeviceBuffer argmax);

    /// <summary>gx[argmax] += gy.</summary>
    public abstract void MaxPoolBackward(in PoolShape shape, DeviceBuffer gy, DeviceBuffer argmax, DeviceBuffer gx);

    /// <summary>Mean over windows, padding included in the divisor.</summary>
    public abstract void AveragePoolForward(in PoolShape shape, DeviceBuffer x, DeviceBuffer y);

    /// <summary>gx += gy / window, for every pixel of the window.</summary>
    public abstract void AveragePoolBackward(in PoolShape shape, DeviceBuffer gy, DeviceBuffer gx);

    /// <summary>The option-A shortcut.</summary>
    public abstract void ShortcutForward(in ShortcutShape shape, DeviceBuffer x, DeviceBuffer y);

    /// <summary>gx += gradient of <see cref="ShortcutForward"/>.</summary>
    public abstract void ShortcutBackward(in ShortcutShape shape, DeviceBuffer gy, DeviceBuffer gx);

    /// <summary>y[r] = x[r] − log Σ exp(x[r]).</summary>
    public abstract void LogSoftmaxForward(int rows, int columns, DeviceBuffer x, DeviceBuffer y);

    /// <summary>gx[r] += gy[r] − exp(y[r])·Σ gy[r].</summary>
    public abstract void LogSoftmaxBackward(int rows, int columns, DeviceBuffer y, DeviceBuffer gy, DeviceBuffer gx);

    /// <summary>
    /// Softmax and cross-entropy with label smoothing ε: <c>loss[r] = −(1−ε)·log p[label] − ε/C·Σ_c log p[c]</c>.
    /// Writes the probabilities <c>[rows, classes]</c> and the losses <c>[rows]</c>; <paramref name="labels"/> holds int32.
    /// </summary>
    public abstract void CrossEntropyForward(
        int rows, int classes, DeviceBuffer logits, DeviceBuffer labels, float smoothing, DeviceBuffer probabilities, DeviceBuffer losses);

    /// <summary>gx[r, c] += scale·(p[r, c] − (1−ε)·[c = label] − ε/C).</summary>
    public abstract void CrossEntropyBackward(
        int rows, int classes, DeviceBuffer probabilities, DeviceBuffer labels, float smoothing, float scale, DeviceBuffer gx);

    /// <summary>One SGD step over a parameter; <paramref name="momentum"/> may be null when μ = 0.</summary>
    public abstract void SgdStep(int count, in SgdOptions options, DeviceBuffer gradient, DeviceBuffer? momentum, DeviceBuffer parameter);

    /// <summary>One AdamW step over a parameter; <paramref name="largest"/> is AMSGrad's maximum of v, or null for plain AdamW.</summary>
    public abstract void AdamWStep(
        int count, in AdamWOptions options, DeviceBuffer gradient, DeviceBuffer m, DeviceBuffer v, DeviceBuffer? largest, DeviceBuffer parameter);

    /// <summary>One RMSprop step over a parameter; <paramref name="mean"/> may be null when not centred, <paramref name="momentum"/> when μ = 0.</summary>
    public abstract void RmsPropStep(
        int count, in RmsPropOptions options, DeviceBuffer gradient, DeviceBuffer square, DeviceBuffer? mean, DeviceBuffer? momentum, DeviceBuffer parameter);

    /// <summary>y = s·(clamp(round(x/s) + z, low, high) − z) with one step per channel (<paramref name="steps"/> is <c>[Channels]</c>).</summary>
    public abstract void FakeQuantForward<TRounding>(in FakeQuantShape shape, DeviceBuffer x, DeviceBuffer steps, DeviceBuffer y)
        where TRounding : struct, IRounding;

    /// <summary>
    /// gx = gy·dy/dx (gx += it when <paramref name="accumulate"/>; gx may be gy) and gs[c] += <paramref name="stepGradientScale"/>·Σ gy·dy/ds, in one
    /// pass; a gradient that is null is skipped.
    /// </summary>
    public abstract void FakeQuantBackward<TRounding, TEstimator>(
        in FakeQuantShape shape, DeviceBuffer x, DeviceBuffer steps, DeviceBuffer gy, float stepGradientScale, DeviceBuffer? gx, bool accumulate, DeviceBuffer? gsteps)
        where TRounding : struct, IRounding
        where TEstimator : struct, IEstimator;

    /// <summary>
    /// y = r·(clamp(round((x − o)/s) + z, low, high) − z); <paramref name="grid"/> is <c>[Channels, 4]</c>: offset o, input step s, output step r, softness α.
    /// </summary>
    public abstract void IntervalQuantForward<TRounding>(in FakeQuantShape shape, DeviceBuffer x, DeviceBuffer grid, DeviceBuffer y)
        where TRounding : struct, IRounding;

    /// <summary>
    /// gx = gy·D·r/s (gx += it when <paramref name="accumulate"/>; gx may be gy) with D = dq/dv of <paramref name="slope"/>, and <paramref name="sums"/> <c>[Channels, 5]</c> = Σgy·(q − D·v), Σgy·D, Σgy·D·v, Σgy, Σgy·dq/dα, in one
    /// pass; v is the real code, q the clipped one without zero point. What is null is skipped.
    /// </summary>
    public abstract void IntervalQuantBackward<TRounding, TSlope>(
        in FakeQuantShape shape, TSlope slope, DeviceBuffer x, DeviceBuffer grid, DeviceBuffer gy, DeviceBuffer? gx, bool accumulate, DeviceBuffer? sums)
        where TRounding : struct, IRounding
        where TSlope : struct, ISlope;

    /// <summary>
    /// y = A·sign(x)·t^γ with t = clip((|x| − c)/(2d) + ½, 0, 1); <paramref name="grid"/> is <c>[Channels, 4]</c>: c, d, γ, A. Bounds and zero point of the shape are not used.
    /// </summary>
    public abstract void ShrinkForward(in FakeQuantShape shape, DeviceBuffer x, DeviceBuffer grid, DeviceBuffer y);

    /// <summary>gx += gy·dy/dx (skipped when null) and <paramref name="sums"/> <c>[Channels, 3]</c> as <see cref="ShrinkGrid.SumCount"/> says, in one pass.</summary>
    public abstract void ShrinkBackward(in FakeQuantShape shape, DeviceBuffer x, DeviceBuffer grid, DeviceBuffer gy, DeviceBuffer? gx, DeviceBuffer sums);

    /// <summary>Frees pooled memory. Buffers still in use stay valid.</summary>
    public abstract void Trim();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the device holds.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing) => Trim();
}
