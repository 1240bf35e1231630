using System.Diagnostics;
using System.Runtime.InteropServices;
using LowBit.Kernels.Arenas;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;
using LowBit.Runtime.Models;
using LowBit.Runtime.Planning;

namespace LowBit.Runtime.Sessions;

/// <summary>
/// Runs an <see cref="IntegerModel"/>: pixels in, int32 logits out, integers between. All memory is taken when the session is made;
/// a run allocates nothing. The results are the same on every instruction set, thread count and batch size.
/// </summary>
/// <remarks>
/// No rounding of a floating-point number decides a code: a requantization rule is computed in 64 bits, or, where that is proven to give the same
/// integer for every sum, as one fused multiply-add in single precision. A session serves one caller at a time; make one session for each concurrent caller.
/// </remarks>
public sealed class Session : IDisposable
{
    private readonly WorkerPool _pool;
    private readonly NativeArena _arena;
    private readonly ArenaStep[] _steps;
    private readonly long[]? _ticks;
    private readonly int[] _logits;
    private long _runs;
    private long _images;
    private bool _disposed;

    /// <summary>Plans the model, packs its weights and takes all memory.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">Batch, threads, instruction set; null for one image, all processors and the best instruction set.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="PlatformNotSupportedException">This CPU lacks the instruction set asked for.</exception>
    public Session(IntegerModel model, SessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new SessionOptions();
        if (options.Batch < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Batch, "a session needs room for at least one image");
        }

        if (options.Threads is < 0 or > 1024)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Threads, "threads are 1 to 1024, or 0 for all processors");
        }

        Isa isa = options.Isa ?? CpuFeatures.Best;
        if (!CpuFeatures.IsSupported(isa))
        {
            throw new PlatformNotSupportedException($"this CPU lacks {CpuFeatures.Word(isa)}; the best it offers is {CpuFeatures.Word(CpuFeatures.Best)}");
        }

        Options = options;
        int threads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        Plan plan = Planner.Create(model, options, threads, isa, out PackedConvWeights?[] packed);
        _arena = new NativeArena(plan.ArenaBytes);
        _steps = new ArenaStep[packed.Length];
        var nodes = new NodePlan[packed.Length];
        for (int i = 0; i < packed.Length; i++)
        {
            _steps[i] = StepFactory.Bind(plan, i, packed[i], _arena);
            nodes[i] = plan.Nodes[i] with { Kernel = _steps[i].Kernel };
        }

        Plan = new Plan(model, options.Batch, isa, nodes, [.. plan.Edges], plan.ArenaBytes);
        _logits = new int[options.Batch * model.Classes];
        _ticks = options.Profile ? new long[_steps.Length] : null;
        _pool = new WorkerPool(threads);
    }

    /// <summary>What the session was made with.</summary>
    public SessionOptions Options { get; }

    /// <summary>Kernels, proofs and memory of the session.</summary>
    public Plan Plan { get; }

    /// <summary>The model.</summary>
    public IntegerModel Model => Plan.Model;

    /// <summary>Runs images through the model.</summary>
    /// <param name="images">Pixels <c>[n, height, width, channels]</c>, 0 to 255, n from 0 to the session's batch.</param>
    /// <param name="logits">Receives <c>[n, classes]</c> logits; a logit's real value is its integer times <c>Model.Logits.Scale</c>.</param>
    /// <returns>The number of images n.</returns>
    /// <exception cref="ArgumentException">The images are no whole number, more than the batch, or the logits have no room.</exception>
    public int Run(ReadOnlySpan<byte> images, Span<int> logits) => Run(images, logits, null);

    /// <summary>As <see cref="Run(ReadOnlySpan{byte}, Span{int})"/>, and shows every edge to a tap.</summary>
    /// <param name="images">Pixels <c>[n, height, width, channels]</c>.</param>
    /// <param name="logits">Receives <c>[n, classes]</c> logits.</param>
    /// <param name="tap">Sees every edge when it is written; or null.</param>
    /// <returns>The number of images n.</returns>
    /// <exception cref="ArgumentException">The images are no whole number, more than the batch, or the logits have no room.</exception>
    public int Run(ReadOnlySpan<byte> images, Span<int> logits, ICodeTap? tap)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        IntegerEdge image = Model.Image;
        int count = images.Length / image.Length;
        if (images.Length % image.Length != 0 || count > Options.Batch)
        {
            throw new ArgumentException(
                $"a run takes 0 to {Options.Batch} images of {image.Height}x{image.Width}x{image.Channels} bytes, got {images.Length} bytes", nameof(images));
        }

        int outputs = count * Model.Classes;
        if (logits.Length < outputs)
        {
            throw new ArgumentException($"{count} images give {outputs} logits, there is room for {logits.Length}", nameof(logits));
        }

        if (count == 0)
        {
            return 0;
        }

        images.CopyTo(_arena.Span(Plan.Edges[IntegerModel.ImageEdge].Offset, images.Length));
        RunSteps(count, tap);
        Words(Model.LogitsEdge, outputs).CopyTo(logits);
        _runs++;
        _images += count;
        return count;
    }

    /// <summary>The class of the highest logit of each image; the lowest class wins ties. Runs as many batches as are needed.</summary>
    /// <param name="images">Pixels <c>[n, height, width, channels]</c>, any n.</param>
    /// <param name="classes">Receives n classes.</param>
    /// <exception cref="ArgumentException">The images are no whole number, or the classes have no room.</exception>
    public void Classify(ReadOnlySpan<byte> images, Span<int> classes)
    {
        int length = Model.Image.Length, total = images.Length / length;
        if (images.Length % length != 0 || classes.Length < total)
        {
            throw new ArgumentException(
                $"{images.Length} bytes are not a whole number of images of {length} bytes, or there is room for {classes.Length} classes only", nameof(images));
        }

        for (int first = 0; first < total; first += Options.Batch)
        {
            int count = Math.Min(Options.Batch, total - first);
            Run(images.Slice(first * length, count * length), _logits);
            for (int i = 0; i < count; i++)
            {
                classes[first + i] = Highest(_logits.AsSpan(i * Model.Classes, Model.Classes));
            }
        }
    }

    /// <summary>Forgets the runs so far, so that <see cref="Profile"/> tells of those that follow; without <see cref="SessionOptions.Profile"/> there is nothing to forget.</summary>
    public void ResetProfile()
    {
        _runs = 0;
        _images = 0;
        if (_ticks is not null)
        {
            Array.Clear(_ticks);
        }
    }

    /// <summary>The time of each node since the session was made, or since the last <see cref="ResetProfile"/>.</summary>
    /// <exception cref="InvalidOperationException">The session was made without <see cref="SessionOptions.Profile"/>.</exception>
    public IReadOnlyList<NodeProfile> Profile()
    {
        long[] ticks = _ticks ?? throw new InvalidOperationException("the session measures nothing; make it with SessionOptions.Profile = true");
        var profiles = new NodeProfile[ticks.Length];
        for (int i = 0; i < profiles.Length; i++)
        {
            profiles[i] = new NodeProfile(Plan.Nodes[i].Node.Name, Plan.Nodes[i].Kernel, _runs, _images, ticks[i] * 1000.0 / Stopwatch.Frequency);
        }

        return profiles;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _pool.Dispose();
        foreach (ArenaStep step in _steps)
        {
            step.Dispose();
        }

        _arena.Dispose();
    }

    private void RunSteps(int count, ICodeTap? tap)
    {
        if (tap is not null)
        {
            Show(tap, IntegerModel.ImageEdge, count);
        }

        for (int i = 0; i < _steps.Length; i++)
        {
            if (_ticks is not null)
            {
                long start = Stopwatch.GetTimestamp();
                _steps[i].Run(count, _pool);
                _ticks[i] += Stopwatch.GetTimestamp() - start;
            }
            else
            {
                _steps[i].Run(count, _pool);
            }

            if (tap is not null)
            {
                foreach (int edge in Plan.Nodes[i].Node.Outputs)
                {
                    Show(tap, edge, count);
                }
            }
        }
    }

    private void Show(ICodeTap tap, int edge, int count)
    {
        IntegerEdge shown = Model.Edges[edge];
        if (shown.IsLogits)
        {
            tap.OnLogits(edge, shown, Words(edge, count * shown.Length));
        }
        else
        {
            tap.OnCodes(edge, shown, _arena.Span(Plan.Edges[edge].Offset, count * shown.Length));
        }
    }

    private Span<int> Words(int edge, int count) => MemoryMarshal.Cast<byte, int>(_arena.Span(Plan.Edges[edge].Offset, count * sizeof(int)));

    private static int Highest(ReadOnlySpan<int> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }

        return best;
    }
}
