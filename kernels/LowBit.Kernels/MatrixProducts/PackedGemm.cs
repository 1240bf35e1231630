using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.MatrixProducts;

/// <summary>
/// The packed matrix product. Block by block along the sum, and group by group of columns, a block of B is packed into column panels that
/// stay in the second-level cache while every register tile of rows passes over them; the tile's rows, packed once per block, stay in the first.
/// </summary>
/// <remarks>Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 34(3), 2008.</remarks>
internal static unsafe class PackedGemm<L, V>
    where L : struct, IFmaLanes<V>
    where V : struct
{
    // Long enough that the read and the write of C between two blocks do not count.
    private const int LongestBlock = 768;

    // Five eighths of a second-level cache of 1 MiB.
    private const int GroupFloats = 160 * 1024;
    private const int RowsPerPart = 32;
    private const double ChunkOperations = 5e5;

    /// <summary>C = op(A)·op(B) or C += op(A)·op(B); all sizes at least 1.</summary>
    public static void Multiply(in GemmShape shape, float* a, float* b, float* c, bool accumulate, WorkerPool pool)
    {
        var division = new ColumnPanels(shape.N, L.Count);
        int most = L.MaxRows(division.Vectors(0));
        var job = new Job { Shape = shape, A = a, B = b, C = c, Accumulate = accumulate, Division = division };
        job.Tiles = (shape.M + most - 1) / most;
        int blocks = (shape.K + LongestBlock - 1) / LongestBlock, longest = (shape.K + blocks - 1) / blocks;
        int mostPanels = Math.Max(1, GroupFloats / (2 * L.Count * longest));
        int groups = (division.Count + mostPanels - 1) / mostPanels, panels = (division.Count + groups - 1) / groups;
        double tileOperations = shape.Operations / blocks / groups / job.Tiles;
        job.TilesPerChunk = (int)Math.Clamp(ChunkOperations / tileOperations, 1, job.Tiles);

        long panelFloats = (long)panels * 2 * L.Count * longest, rowFloats = (long)shape.M * longest;
        job.Panels = Scratch.Rent(panelFloats);
        job.Rows = Scratch.Rent(rowFloats);
        for (int block = 0; block < blocks; block++)
        {
            job.First = (int)((long)shape.K * block / blocks);
            job.Depth = (int)((long)shape.K * (block + 1) / blocks) - job.First;
            for (int group = 0; group < groups; group++)
            {
                job.FirstPanel = (int)((long)division.Count * group / groups);
                job.EndPanel = (int)((long)division.Count * (group + 1) / groups);
                pool.Run(job.PackParts, ref job, static (ref Job j, int part) => j.PackPart(part));
                pool.Run((job.Tiles + job.TilesPerChunk - 1) / job.TilesPerChunk, ref job, static (ref Job j, int chunk) => RunChunk(in j, chunk));
            }
        }

        Scratch.Return(job.Rows, rowFloats);
        Scratch.Return(job.Panels, panelFloats);
    }

    private static void RunChunk(in Job job, int chunk)
    {
        int firstTile = chunk * job.TilesPerChunk, lastTile = Math.Min(job.Tiles, firstTile + job.TilesPerChunk);
        for (int tile = firstTile; tile < lastTile; tile++)
        {
            int row = job.FirstRow(tile), rows = job.FirstRow(tile + 1) - row;
            if (job.FirstPanel == 0)
            {
                job.PackRows(row, rows);
            }

            RunTile(in job, row, rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunTile(in Job job, int row, int rows)
    {
        int columns = job.Shape.N;
        var target = new TileTarget { Row = columns, Rows = rows, Add = job.Accumulate || job.First > 0 };
        TileArguments t = default;
        t.ARow = 1;
        t.AStep = rows;
        t.Steps = job.Depth;
        t.Segments = 1;
        for (int panel = job.FirstPanel; panel < job.EndPanel; panel++)
        {
            target.Vectors = job.Division.Vectors(panel);
            target.Valid = job.Division.Valid(panel);
            target.C = job.C + ((nint)row * columns) + job.Division.First(panel);
            t.A = job.Rows + ((nint)row * job.Depth);
            t.B = job.Panel(panel);
            t.BStep = target.Vectors * L.Count;
            TileRunner<L, V>.Run(&t, in target);
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
        public int TilesPerChunk;

        /// <summary>First step of the block of the sum.</summary>
        public int First;

        /// <summary>Steps of the block.</summary>
        public int Depth;

        /// <summary>First panel of the group.</summary>
        public int FirstPanel;

        /// <summary>Panel after the group's last one.</summary>
        public int EndPanel;

        /// <summary>First row of a tile: the rows are divided as evenly as tiles allow.</summary>
        public readonly int FirstRow(int tile) => (int)((long)Shape.M * tile / Tiles);

        /// <summary>A packed panel of the group.</summary>
        public readonly float* Panel(int panel) => Panels + ((nint)Division.First(panel - FirstPanel) * Depth);

        /// <summary>Parts in which a group of panels is packed: panels where B is transposed, else slices of rows.</summary>
        public readonly int PackParts => Shape.TransposeB ? EndPanel - FirstPanel : (Depth + RowsPerPart - 1) / RowsPerPart;

        /// <summary>Packs a part of the group of panels.</summary>
        public readonly void PackPart(int part)
        {
            if (Shape.TransposeB)
            {
                int panel = FirstPanel + part;
                Division.Pack(panel, Depth, B + First, 1, Shape.K, Panel(panel));
                return;
            }

            Range rows = (part * RowsPerPart)..Math.Min(Depth, (part + 1) * RowsPerPart);
            Division.PackRows(FirstPanel..EndPanel, rows, Depth, B + ((nint)First * Shape.N), Shape.N, Panels);
        }

        /// <summary>Packs the block of one tile's rows: <c>[depth][rows]</c>.</summary>
        public readonly void PackRows(int row, int rows)
        {
            float* to = Rows + ((nint)row * Depth);
            if (!Shape.TransposeA)
            {
                Transposition.Copy(A + ((nint)row * Shape.K) + First, Shape.K, rows, Depth, to, rows);
                return;
            }

            for (nint k = 0; k < Depth; k++)
            {
                new ReadOnlySpan<float>(A + ((First + k) * Shape.M) + row, rows).CopyTo(new Span<float>(to + (k * rows), rows));
            }
        }
    }
}
