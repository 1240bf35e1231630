using LowBit.Kernels.Devices;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.MatrixProducts;

/// <summary>
/// The packed matrix product: B is packed once into column panels; each chunk packs its rows of A block by block along the sum
/// and runs register tiles. A block of a B panel stays in the first-level cache, a block of A in the second.
/// </summary>
/// <remarks>Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 34(3), 2008.</remarks>
internal static unsafe class PackedGemm<L, V>
    where L : struct, IFmaLanes<V>
    where V : struct
{
    private const int BlockDepth = 256;
    private const int TilesPerChunk = 8;
    private const int TargetChunks = 32;
    private const double ChunkOperations = 2e6;

    /// <summary>C = op(A)·op(B) or C += op(A)·op(B); all sizes at least 1.</summary>
    public static void Multiply(in GemmShape shape, float* a, float* b, float* c, bool accumulate, WorkerPool pool)
    {
        var division = new ColumnPanels(shape.N, L.Count);
        int most = L.MaxRows(division.Vectors(0));
        var job = new Job { Shape = shape, A = a, B = b, C = c, Accumulate = accumulate, Division = division };
        job.Tiles = (shape.M + most - 1) / most;
        job.RowChunks = (job.Tiles + TilesPerChunk - 1) / TilesPerChunk;
        double columnChunks = Math.Min(TargetChunks / (double)job.RowChunks, shape.Operations / job.RowChunks / ChunkOperations);
        job.PanelsPerChunk = (int)Math.Ceiling(division.Count / Math.Clamp(columnChunks, 1, division.Count));
        int panelChunks = (division.Count + job.PanelsPerChunk - 1) / job.PanelsPerChunk;

        long packed = (long)division.PaddedColumns * shape.K;
        job.Panels = Scratch.Rent(packed);
        pool.Run(division.Count, ref job, static (ref Job j, int panel) => j.Division.Pack(
            panel, j.Shape.K, j.B, j.Shape.TransposeB ? 1 : j.Shape.N, j.Shape.TransposeB ? j.Shape.K : 1,
            j.Panels + ((nint)j.Division.First(panel) * j.Shape.K)));
        pool.Run(job.RowChunks * panelChunks, ref job, static (ref Job j, int chunk) => RunChunk(in j, chunk));
        Scratch.Return(job.Panels, packed);
    }

    private static void RunChunk(in Job job, int chunk)
    {
        GemmShape shape = job.Shape;
        int firstTile = (int)((long)job.Tiles * (chunk % job.RowChunks) / job.RowChunks);
        int lastTile = (int)((long)job.Tiles * ((chunk % job.RowChunks) + 1) / job.RowChunks);
        int firstPanel = chunk / job.RowChunks * job.PanelsPerChunk, lastPanel = Math.Min(job.Division.Count, firstPanel + job.PanelsPerChunk);
        int firstRow = job.FirstRow(firstTile), rows = job.FirstRow(lastTile) - firstRow;
        int depth = Math.Min(shape.K, BlockDepth);
        float* packed = Scratch.Rent((long)rows * depth);
        for (int k = 0; k < shape.K; k += depth)
        {
            int steps = Math.Min(depth, shape.K - k);
            for (int tile = firstTile; tile < lastTile; tile++)
            {
                PackRows(in job, tile, k, steps, packed + ((nint)(job.FirstRow(tile) - firstRow) * steps));
            }

            for (int panel = firstPanel; panel < lastPanel; panel++)
            {
                var target = new TileTarget
                {
                    Row = shape.N, Vectors = job.Division.Vectors(panel), Valid = job.Division.Valid(panel), Add = job.Accumulate || k > 0,
                };
                int width = target.Vectors * L.Count;
                TileArguments t = default;
                t.ARow = 1;
                t.BStep = width;
                t.Steps = steps;
                t.Segments = 1;
                for (int tile = firstTile; tile < lastTile; tile++)
                {
                    int row = job.FirstRow(tile);
                    target.Rows = job.FirstRow(tile + 1) - row;
                    target.C = job.C + ((nint)row * shape.N) + job.Division.First(panel);
                    t.A = packed + ((nint)(row - firstRow) * steps);
                    t.AStep = target.Rows;
                    t.B = job.Panels + ((nint)job.Division.First(panel) * shape.K) + ((nint)k * width);
                    TileRunner<L, V>.Run(&t, in target, unit: true);
                }
            }
        }

        Scratch.Return(packed, (long)rows * depth);
    }

    /// <summary>Packs a block of one tile's rows: <c>packed[k][row]</c>.</summary>
    private static void PackRows(in Job job, int tile, int firstStep, int steps, float* packed)
    {
        int row = job.FirstRow(tile);
        nint rows = job.FirstRow(tile + 1) - row;
        if (job.Shape.TransposeA)
        {
            float* from = job.A + ((nint)firstStep * job.Shape.M) + row;
            for (nint k = 0; k < steps; k++, from += job.Shape.M, packed += rows)
            {
                new ReadOnlySpan<float>(from, (int)rows).CopyTo(new Span<float>(packed, (int)rows));
            }

            return;
        }

        // Blocks of 16 steps, so that the strided writes of one row stay in lines that the next rows complete.
        for (nint first = 0; first < steps; first += 16)
        {
            nint end = Math.Min(steps, first + 16);
            for (nint r = 0; r < rows; r++)
            {
                float* from = job.A + ((row + r) * job.Shape.K) + firstStep;
                for (nint k = first; k < end; k++)
                {
                    packed[(k * rows) + r] = from[k];
                }
            }
        }
    }

    private struct Job
    {
        public GemmShape Shape;
        public float* A;
        public float* B;
        public float* C;
        public bool Accumulate;
        public ColumnPanels Division;
        public float* Panels;
        public int Tiles;
        public int RowChunks;
        public int PanelsPerChunk;

        /// <summary>First row of a tile: the rows are divided as evenly as tiles allow.</summary>
        public readonly int FirstRow(int tile) => (int)((long)Shape.M * tile / Tiles);
    }
}
