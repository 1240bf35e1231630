using LowBit.Nn.Lowering;
using LowBit.Runtime.Models;
using LowBit.Runtime.Sessions;

namespace LowBit.Nn.Simulation;

/// <summary>Compares the simulation of a trained model with the engine, integer by integer, on every edge.</summary>
public sealed class Verifier : IDisposable
{
    private readonly Simulator _simulator;
    private readonly Session _session;
    private readonly Tap _tap;
    private long _images;
    private long _correctSimulated;
    private long _correctInteger;

    /// <summary>Makes both sides.</summary>
    /// <param name="lowering">The lowered model.</param>
    /// <param name="options">How the engine runs; null for its defaults.</param>
    public Verifier(LoweringResult lowering, SessionOptions? options = null)
        : this(lowering, lowering?.Model ?? throw new ArgumentNullException(nameof(lowering)), options)
    {
    }

    /// <summary>Makes both sides, the engine's from a model that was written and read again.</summary>
    /// <param name="lowering">The lowered model, for the simulation.</param>
    /// <param name="model">What the engine runs.</param>
    /// <param name="options">How the engine runs; null for its defaults.</param>
    public Verifier(LoweringResult lowering, IntegerModel model, SessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(lowering);
        _simulator = new Simulator(lowering);
        _session = new Session(model, options);
        _tap = new Tap(model);
    }

    /// <summary>The engine's side.</summary>
    public Session Session => _session;

    /// <summary>Compares images; call it as often as there are batches.</summary>
    /// <param name="images">Pixels <c>[n, height, width, channels]</c>, any n.</param>
    /// <param name="labels">n labels, or empty.</param>
    /// <exception cref="ArgumentException">The images are no whole number, or the labels are not as many.</exception>
    public void Compare(ReadOnlySpan<byte> images, ReadOnlySpan<int> labels = default)
    {
        IntegerModel model = _session.Model;
        int length = model.Image.Length, count = images.Length / length, batch = _session.Options.Batch;
        if (images.Length % length != 0 || (!labels.IsEmpty && labels.Length != count))
        {
            throw new ArgumentException($"{images.Length} bytes are no whole number of images of {length} bytes, or {labels.Length} labels do not fit", nameof(images));
        }

        var logits = new int[batch * model.Classes];
        for (int first = 0; first < count; first += batch)
        {
            int part = Math.Min(batch, count - first);
            ReadOnlySpan<byte> pixels = images.Slice(first * length, part * length);
            _tap.Expected = _simulator.Run(pixels);
            _session.Run(pixels, logits, _tap);
            _images += part;
            if (!labels.IsEmpty)
            {
                ReadOnlySpan<int> wanted = labels.Slice(first, part);
                _correctInteger += Hits(logits, wanted, model.Classes);
                _correctSimulated += Hits(_tap.Expected[model.Logits.Name], wanted, model.Classes);
            }
        }
    }

    /// <summary>What the comparisons found so far.</summary>
    public VerificationReport Report() => new(_tap.Nodes(), _images, _correctSimulated, _correctInteger);

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private static int Hits(ReadOnlySpan<int> logits, ReadOnlySpan<int> labels, int classes)
    {
        int hits = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            ReadOnlySpan<int> row = logits.Slice(i * classes, classes);
            int best = 0;
            for (int c = 1; c < classes; c++)
            {
                best = row[c] > row[best] ? c : best;
            }

            hits += best == labels[i] ? 1 : 0;
        }

        return hits;
    }

    private sealed class Tap(IntegerModel model) : ICodeTap
    {
        private readonly long[] _compared = new long[model.Edges.Count];
        private readonly long[] _mismatches = new long[model.Edges.Count];
        private readonly string[] _first = new string[model.Edges.Count];

        public IReadOnlyDictionary<string, int[]> Expected { get; set; } = new Dictionary<string, int[]>();

        public void OnCodes(int index, IntegerEdge edge, ReadOnlySpan<byte> codes)
        {
            int[] expected = Expected[edge.Name];
            _compared[index] += codes.Length;
            for (int i = 0; i < codes.Length; i++)
            {
                Count(index, edge, i, expected[i], codes[i]);
            }
        }

        public void OnLogits(int index, IntegerEdge edge, ReadOnlySpan<int> logits)
        {
            int[] expected = Expected[edge.Name];
            _compared[index] += logits.Length;
            for (int i = 0; i < logits.Length; i++)
            {
                Count(index, edge, i, expected[i], logits[i]);
            }
        }

        public List<NodeMismatch> Nodes()
        {
            var nodes = new List<NodeMismatch>();
            foreach (IntegerNode node in model.Nodes)
            {
                foreach (int edge in node.Outputs)
                {
                    nodes.Add(new NodeMismatch(model.Edges[edge].Name, model.Edges[edge].Bits, _compared[edge], _mismatches[edge], _first[edge] ?? ""));
                }
            }

            return nodes;
        }

        private void Count(int index, IntegerEdge edge, int at, int expected, int actual)
        {
            if (expected == actual)
            {
                return;
            }

            _mismatches[index]++;
            int inImage = at % edge.Length;
            _first[index] ??= $"image {at / edge.Length}, row {inImage / (edge.Width * edge.Channels)}, column {inImage / edge.Channels % edge.Width}, "
                + $"channel {inImage % edge.Channels}: simulation {expected}, engine {actual}";
        }
    }
}
