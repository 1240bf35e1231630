using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels.Epilogues;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>
/// Linear layers of few rows by look-ups: four one-bit or two two-bit codes at once, no multiplication. Packed weights are
/// <c>[panel][pair of nibbles][vector of outputs]</c>.
/// </summary>
/// <remarks><c>Σ w·a = s·Σ code·a + b·Σ a</c> with <c>w = s·code + b</c>: b is the smallest weight and s is 1, or 2 for weights of −1 and +1.</remarks>
internal sealed unsafe class GemvTableConv<L, V, E, G> : GemvConv<L, V>
    where L : struct, IGemvLanes<V>
    where V : struct
    where E : struct, IEpilogueBody
    where G : struct, INibbleCode
{
    public override string Tile => $"1x{L.TableVectors * L.Bytes}c{2 * G.Codes}";

    public override bool Serves(int weightBits, int activationBits)
        => weightBits == G.Bits && (G.Bits == 1 || activationBits <= GemvTableLayout.MostActivationBits);

    public override double EstimateCycles(in ConvShape shape, RangeProof proof)
    {
        var layout = new GemvTableLayout(shape, proof, G.Codes);
        double vectors = Vectors(shape), rows = GemvChunks.Pixels(shape) * layout.Parts;
        double arithmetic = rows * vectors * ((0.55 * layout.Blocks * (7 + (3.0 / layout.Period))) + (L.Bytes * 1.2));
        return Math.Max(arithmetic, WeightTraffic.Cycles((long)vectors * layout.Blocks * L.Bytes, isAskedAhead: true)) + 900 + (rows * (40 + (layout.TableBytes * 8.0 / L.Bytes)));
    }

    internal override PackedConvWeights Pack(in ConvShape shape, ReadOnlySpan<sbyte> weights, RangeProof proof)
    {
        var layout = new GemvTableLayout(shape, proof, G.Codes);
        int vectors = Vectors(shape);
        var packed = new PackedConvWeights(this, shape, proof, (long)vectors * layout.Blocks * L.Bytes);
        for (int o = 0; o < shape.OutChannels; o++)
        {
            int vector = o / L.Bytes, at = o % L.Bytes, panel = vector / L.TableVectors * L.TableVectors;
            int width = Math.Min(vectors - panel, L.TableVectors);

            // The inner loop tells even bytes from odd ones.
            at = at < L.Bytes / 2 ? 2 * at : (2 * at) - L.Bytes + 1;
            byte* first = packed.Data + ((long)panel * layout.Blocks * L.Bytes) + ((vector - panel) * L.Bytes) + at;
            for (int k = 0; k < shape.InChannels; k++)
            {
                int group = k / G.Codes;
                int code = (weights[(o * shape.InChannels) + k] - layout.Base) / layout.Scale;
                first[(nint)(group / 2) * width * L.Bytes] |= (byte)(code << ((group % 2 * 4) + (k % G.Codes * G.Bits)));
            }
        }

        return packed;
    }

    internal override long ScratchBytes(in ConvShape shape, RangeProof proof, int threads)
    {
        var layout = new GemvTableLayout(shape, proof, G.Codes);
        return LookupTables<L, V, G>.RowBytes(layout.TableBytes) + (GemvChunks.Pixels(shape) * ((layout.Parts * layout.TableBytes) + sizeof(int)));
    }

    internal override void Run(in IntegerConvArguments arguments, WorkerPool pool)
    {
        int length = arguments.Shape.InChannels;
        var job = new Job(arguments);
        long tableBytes = job.Layout.TableBytes;
        byte* row = arguments.Scratch, tables = job.Tables;
        for (long pixel = 0; pixel < job.Pixels; pixel++)
        {
            byte* input = arguments.Input + (pixel * length);
            if (job.Layout.IsSplit)
            {
                ActivationRows.Write<LowNibble>(input, length, row);
                LookupTables<L, V, G>.Write(row, tables, tableBytes);
                tables += tableBytes;
                job.Starts[pixel] = unchecked(ActivationRows.Write<HighNibble>(input, length, row) * job.Layout.Base);
            }
            else
            {
                job.Starts[pixel] = unchecked(ActivationRows.Write<WholeCode>(input, length, row) * job.Layout.Base);
            }

            LookupTables<L, V, G>.Write(row, tables, tableBytes);
            tables += tableBytes;
        }

        pool.Run(job.Chunks.Count, ref job, static (ref Job j, int chunk) => RunChunk(j, chunk));
    }

    private static int Vectors(in ConvShape shape) => (shape.OutChannels + L.Bytes - 1) / L.Bytes;

    private static delegate*<byte*, byte*, nint, nint, nint, int*, void> Body(int vectors) => vectors switch
    {
        1 => &GemvTableTile<L, V, Number1>.Run,
        2 => &GemvTableTile<L, V, Number2>.Run,
        3 => &GemvTableTile<L, V, Number3>.Run,
        _ => &GemvTableTile<L, V, Number4>.Run,
    };

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunChunk(in Job job, int chunk)
    {
        int* tile = stackalloc int[4 * 64], upper = stackalloc int[4 * 64];
        GemvTableLayout layout = job.Layout;
        int outputs = job.Arguments.Shape.OutChannels, vectors = Vectors(job.Arguments.Shape);
        int first = chunk * job.Chunks.PanelsPerChunk, end = Math.Min(first + job.Chunks.PanelsPerChunk, job.Chunks.Panels);
        for (int panel = first; panel < end; panel++)
        {
            int vector = panel * L.TableVectors, width = Math.Min(vectors - vector, L.TableVectors), length = width * L.Bytes;
            byte* weights = job.Arguments.Weights.Data + ((long)vector * layout.Blocks * L.Bytes), tables = job.Tables;
            for (long pixel = 0; pixel < job.Pixels; pixel++)
            {
                new Span<int>(tile, length).Clear();
                Body(width)(weights, tables, layout.Blocks, layout.Period, layout.Words, tile);
                tables += layout.TableBytes;
                if (layout.IsSplit)
                {
                    new Span<int>(upper, length).Clear();
                    Body(width)(weights, tables, layout.Blocks, layout.Period, layout.Words, upper);
                    tables += layout.TableBytes;
                    AddUpper(tile, upper, length);
                }

                Finish(job, tile, vector * L.Bytes, pixel);
            }
        }
    }

    private static void AddUpper(int* tile, int* upper, int length)
    {
        for (int i = 0; i < length; i += Vector128<int>.Count)
        {
            (Vector128.Load(tile + i) + (Vector128.Load(upper + i) << 4)).Store(tile + i);
        }
    }

    private static void Finish(in Job job, int* tile, int channel, long pixel)
    {
        int outputs = job.Arguments.Shape.OutChannels, left = Math.Min(outputs - channel, L.TableVectors * L.Bytes);
        Vector128<int> start = Vector128.Create(job.Starts[pixel]);
        int shift = job.Layout.Scale - 1;
        for (int i = 0; i < left; i += L.Count)
        {
            for (int j = i; j < i + L.Count; j += Vector128<int>.Count)
            {
                ((Vector128.Load(tile + j) << shift) + start).Store(tile + j);
            }

            int at = channel + i;
            var target = new EpilogueTarget(tile + i, L.Count, 1, Math.Min(L.Count, outputs - at), at, outputs, (pixel * outputs) + at);
            target.Finish<E>(job.Arguments);
        }
    }

    private readonly struct Job
    {
        public readonly IntegerConvArguments Arguments;
        public readonly GemvTableLayout Layout;
        public readonly GemvChunks Chunks;
        public readonly long Pixels;
        public readonly byte* Tables;
        public readonly int* Starts;

        public Job(in IntegerConvArguments arguments)
        {
            Arguments = arguments;
            Layout = new GemvTableLayout(arguments.Shape, arguments.Weights.Proof, G.Codes);
            Chunks = new GemvChunks(arguments.Shape, (Vectors(arguments.Shape) + L.TableVectors - 1) / L.TableVectors);
            Pixels = GemvChunks.Pixels(arguments.Shape);
            Tables = arguments.Scratch + LookupTables<L, V, G>.RowBytes(Layout.TableBytes);
            Starts = (int*)(Tables + (Pixels * Layout.Parts * Layout.TableBytes));
        }
    }
}
