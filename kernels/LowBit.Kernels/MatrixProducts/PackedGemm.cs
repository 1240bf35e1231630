using LowBit.Kernels.Devices;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.MatrixProducts;

/// <summary>
/// The packed matrix product: B is packed into column panels and A into the rows of register tiles; a chunk is some tiles by some panels,
/// block by block along the sum, so that a block of a panel stays in the first-level cache and the blocks of its tiles in the second.
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

        long panelFloats = (long)division.PaddedColumns * shape.K, rowFloats = (long)shape.M * shape.K;
        job.Panels = Scratch.Rent(panelFloats);
        job.Rows = Scratch.Rent(rowFloats);
        pool.Run(job.Tiles + division.Count, ref job, static (ref Job j, int part) => j.Pack(part));
        pool.Run(job.RowChunks * panelChunks, ref job, static (ref Job j, int chunk) => RunChunk(in j, chunk));
        Scratch.Return(job.Rows, rowFloats);
        Scratch.Return(job.Panels, panelFloats);
    }

    private static void RunChunk(in Job job, int chunk)
    {
        GemmShape shape = job.Shape;
        int firstTile = (int)((long)job.Tiles * (chunk % job.RowChunks) / job.RowChunks);
        int lastTile = (int)((long)job.Tiles * ((chunk % job.RowChunks) + 1) / job.RowChunks);
        int firstPanel = chunk / job.RowChunks * job.PanelsPerChunk, lastPanel = Math.Min(job.Division.Count, firstPanel + job.PanelsPerChunk);
        for (int k = 0; k < shape.K; k += BlockDepth)
        {
            for (int panel = firstPanel; panel < lastPanel; panel++)
            {
                var target = new TileTarget
                {
                    Row = shape.N,
                    Vectors = job.Division.Vectors(panel),
                    Valid = job.Division.Valid(panel),
                    Add = job.Accumulate || k > 0,
                };
                int width = target.Vectors * L.Count;
                TileArguments t = default;
                t.ARow = 1;
                t.BStep = width;
                t.Steps = Math.Min(BlockDepth, shape.K - k);
                t.Segments = 1;
                t.B = job.Panels + ((nint)job.Division.First(panel) * shape.K) + ((nint)k * width);
                for (int tile = firstTile; tile < lastTile; tile++)
                {
                    int row = job.FirstRow(tile);
                    target.Rows = job.FirstRow(tile + 1) - row;
                    target.C = job.C + ((nint)row * shape.N) + job.Division.First(panel);
                    t.A = job.Rows + ((nint)row * shape.K) + ((nint)k * target.Rows);
                    t.AStep = target.Rows;
                    TileRunner<L, V>.Run(&t, in target);
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
        public float* Rows;
        public int Tiles;
        public int RowChunks;
        public int PanelsPerChunk;

        /// <summary>First row of a tile: the rows are divided as evenly as tiles allow.</summary>
        public readonly int FirstRow(int tile) => (int)((long)Shape.M * tile / Tiles);

        /// <summary>Packs one tile's rows (<c>[K][rows]</c>) or, after the tiles, one panel.</summary>
        public readonly void Pack(int part)
        {
            if (part >= Tiles)
            {
                int panel = part - Tiles;
                Division.Pack(
                    panel, Shape.K, B, Shape.TransposeB ? 1 : Shape.N, Shape.TransposeB ? Shape.K : 1, Panels + ((nint)Division.First(panel) * Shape.K));
                return;
            }

            nint row = FirstRow(part), rows = FirstRow(part + 1) - row;
            float* to = Rows + (row * Shape.K);
            if (!Shape.TransposeA)
            {
                Transposition.Copy(A + (row * Shape.K), Shape.K, rows, Shape.K, to, rows);
                return;
            }

            for (nint k = 0; k < Shape.K; k++)
            {
                new ReadOnlySpan<float>(A + (k * Shape.M) + row, (int)rows).CopyTo(new Span<float>(to + (k * rows), (int)rows));
            }
        }
    }
}
