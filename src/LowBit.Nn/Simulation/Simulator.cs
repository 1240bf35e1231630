using LowBit.Kernels.Devices;
using LowBit.Kernels.Threading;
using LowBit.Nn.Lowering;
using LowBit.Nn.Lowering.Graph;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Nn.Simulation;

/// <summary>
/// Evaluates a trained model as the engine does, by another way: codes straight from the trained quantizers, sums by the float kernels of
/// training (exact on integers), zero points taken off instead of folded, and requantization in checked 64-bit integers.
/// </summary>
/// <remarks>Nothing of the engine is used: no packed weights, no flipped channels, no tables, no arena.</remarks>
public sealed class Simulator
{
    private const int ChunkLength = 1 << 14;

    private readonly LoweringResult _lowering;
    private readonly Device _device;

    /// <summary>Makes a simulator.</summary>
    /// <param name="lowering">The lowered model, which holds the trained numbers.</param>
    /// <param name="device">Whose float kernels sum; null for the processor's.</param>
    public Simulator(LoweringResult lowering, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(lowering);
        _lowering = lowering;
        _device = device ?? CpuDevice.Shared;
    }

    /// <summary>Codes of every edge, and the logits, for a batch of images.</summary>
    /// <param name="images">Pixels <c>[n, height, width, channels]</c>.</param>
    /// <returns>By edge name: <c>[n, height, width, channels]</c> codes, or logits.</returns>
    /// <exception cref="ArgumentException">The images are no whole number.</exception>
    /// <exception cref="OverflowException">A rule leaves 64 bits, which lowering excludes.</exception>
    public IReadOnlyDictionary<string, int[]> Run(ReadOnlySpan<byte> images)
    {
        CodeTensor image = _lowering.Image;
        int batch = images.Length / image.Length;
        if (images.Length % image.Length != 0)
        {
            throw new ArgumentException($"{images.Length} bytes are no whole number of images of {image.Length} bytes", nameof(images));
        }

        var edges = new Dictionary<CodeTensor, CodeBatch>();
        var pixels = new CodeBatch(image, batch);
        for (int i = 0; i < images.Length; i++)
        {
            pixels.Codes[i] = images[i];
        }

        edges.Add(image, pixels);
        foreach (GraphStep step in _lowering.Steps)
        {
            Run(step, edges, batch);
        }

        var codes = new Dictionary<string, int[]>(StringComparer.Ordinal);
        foreach ((CodeTensor tensor, CodeBatch values) in edges)
        {
            codes.Add(tensor.Name, values.Codes);
        }

        return codes;
    }

    private void Run(GraphStep step, Dictionary<CodeTensor, CodeBatch> edges, int batch)
    {
        switch (step)
        {
            case LookupStep lookup:
                edges.Add(lookup.Output, Lookup(lookup, edges[lookup.Input]));
                break;
            case MaxPoolStep pool:
                PoolShape window = pool.Shape;
                edges.Add(pool.Output, ByTensor(
                    edges[pool.Input], pool.Output, x => window.KernelHeight == window.KernelWidth
                        ? x.MaxPool2d(window.KernelHeight, window.Stride, window.Padding)
                        : throw new LoweringException(pool.Name, "windows are square")));
                break;
            case ShortcutStep shortcut:
                edges.Add(shortcut.Output, ByTensor(edges[shortcut.Input], shortcut.Output, x => x.ShortcutA(shortcut.Shape.OutChannels, shortcut.Shape.Stride)));
                break;
            case SumStep sum:
                long[] sums = SumSimulation.Sums(sum, edges[sum.Input], _device);
                foreach (SumView view in sum.Views)
                {
                    edges.Add(view.Output, Requantized(sum, view, sums, view.Residual is null ? null : edges[view.Residual], batch));
                }

                break;
            default:
                throw new LoweringException(step.Name, $"no simulation is known for a {step.GetType().Name}");
        }
    }

    private static CodeBatch Lookup(LookupStep step, CodeBatch input)
    {
        var output = new CodeBatch(step.Output, input.Batch);
        int channels = step.Input.Channels;
        for (int i = 0; i < output.Codes.Length; i++)
        {
            output.Codes[i] = step.Code(i % channels, (byte)input.Codes[i]);
        }

        return output;
    }

    // Zero points off, the float op of training, zero points on again.
    private CodeBatch ByTensor(CodeBatch input, CodeTensor output, Func<Tensor, Tensor> op)
    {
        var result = new CodeBatch(output, input.Batch);
        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            CodeTensor tensor = input.Tensor;
            float[] values = op(Tensor.FromArray(_device, input.Centred(), input.Batch, tensor.Height, tensor.Width, tensor.Channels)).ToArray();
            for (int i = 0; i < values.Length; i++)
            {
                result.Codes[i] = (int)values[i] + output.Grid.Zero;
            }
        }

        return result;
    }

    private static CodeBatch Requantized(SumStep step, SumView view, long[] sums, CodeBatch? residual, int batch)
    {
        var output = new CodeBatch(view.Output, batch);
        var job = new Requantization(step.Channels, view, sums, residual?.Codes, output.Codes);
        WorkerPool.Shared.Run((sums.Length + ChunkLength - 1) / ChunkLength, ref job, static (ref Requantization j, int chunk) => j.Run(chunk));
        return output;
    }

    private readonly struct Requantization(int channels, SumView view, long[] sums, int[]? residual, int[] output)
    {
        public void Run(int chunk)
        {
            int residualZero = view.Residual?.Grid.Zero ?? 0;
            for (int i = chunk * ChunkLength; i < Math.Min((chunk + 1) * ChunkLength, sums.Length); i++)
            {
                ref readonly FixedPointRule rule = ref view.Rules[i % channels];
                // Checked: a rule that could overflow ends here instead of agreeing with an engine that overflows alike.
                long value = checked((rule.Negative ? -sums[i] : sums[i]) * rule.Multiplier);
                value = checked(value + ((residual is null ? 0L : residual[i] - residualZero) * rule.ResidualMultiplier));
                value = checked(value + rule.Offset) >> rule.Shift;
                output[i] = (int)Math.Clamp(value, view.Low, view.High);
            }
        }
    }
}
