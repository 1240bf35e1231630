using LowBit.Kernels.MatrixProducts;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Convolutions;

/// <summary>
/// Runs <see cref="CorrelationPass"/>es as implicit matrix products: the rows of a register tile are neighbouring pixels, its sum runs over
/// kernel rows, in each of which the window is one contiguous run of the NHWC frame; nothing is gathered.
/// </summary>
internal static unsafe class Correlation<L, V>
    where L : struct, IFmaLanes<V>
    where V : struct
{
    // A block of packed weights that stays in the first-level cache while all tiles of a band use it.
    private const int BlockFloats = 6 * 1024;
    private const int WholeFloats = 10 * 1024;

    /// <summary>Runs the pass; <see cref="CorrelationPass.Partition"/> must have been called.</summary>
    public static void Run(ref CorrelationPass pass, WorkerPool pool)
        => pool.Run(pass.Chunks, ref pass, static (ref CorrelationPass p, int chunk) => RunChunk(in p, chunk));

    private static void RunChunk(in CorrelationPass pass, int chunk)
    {
        int bands = pass.Bands;
        int firstRow = chunk % bands * pass.RowsPerChunk;
        int rows = Math.Min(pass.RowsPerChunk, pass.OutHeight - firstRow);
        int firstImage = chunk / bands * pass.ImagesPerChunk;
        int lastImage = Math.Min(pass.Batch, firstImage + pass.ImagesPerChunk);
        int frameRows = pass.FrameRows(rows), frameWidth = pass.FrameWidth;

        bool direct = pass.Source.CoversFrame(pass.FrameRows(pass.OutHeight), frameWidth, pass.KernelWidth);
        long frameFloats = direct ? 0 : (long)frameRows * frameWidth * pass.Source.Channels;
        float* frame = direct ? null : Scratch.Rent(frameFloats);
        for (int image = firstImage; image < lastImage; image++)
        {
            var band = new Band { Rows = rows, Target = pass.Target + (image * pass.TargetImage) + (firstRow * pass.TargetRow) };
            if (direct)
            {
                band.Frame = pass.Source.Address(image, firstRow * pass.RowStride);
                band.FrameRow = pass.Source.Row;
                band.FramePixel = pass.Source.Pixel;
            }
            else
            {
                pass.Source.CopyBand(image, firstRow * pass.RowStride, frameRows, frameWidth, frame);
                band.Frame = frame;
                band.FrameRow = (nint)frameWidth * pass.Source.Channels;
                band.FramePixel = pass.Source.Channels;
            }

            for (int panel = 0; panel < pass.Division.Count; panel++)
            {
                RunPanel(in pass, in band, panel);
            }
        }

        if (!direct)
        {
            Scratch.Return(frame, frameFloats);
        }
    }

    /// <summary>All output of one band in the channels of one panel, one block of the sum after the other.</summary>
    private static void RunPanel(in CorrelationPass pass, in Band band, int panel)
    {
        int width = pass.Division.Vectors(panel) * L.Count;
        int run = pass.KernelWidth * pass.Source.Channels;
        int kernelRows = pass.KernelHeight, parts = 1;
        if (pass.Depth * width > WholeFloats)
        {
            kernelRows = Math.Clamp(BlockFloats / (run * width), 1, pass.KernelHeight);
            parts = kernelRows > 1 ? 1 : ((run * width) + BlockFloats - 1) / BlockFloats;
        }

        float* panels = pass.Panels + ((nint)pass.Division.First(panel) * pass.Depth);
        for (int u = 0; u < pass.KernelHeight; u += kernelRows)
        {
            for (int part = 0; part < parts; part++)
            {
                int first = (int)((long)run * part / parts), end = (int)((long)run * (part + 1) / parts);
                TileArguments t = default;
                t.ARow = pass.Stride * band.FramePixel;
                t.AStep = 1;
                t.ASegment = band.FrameRow;
                t.A = band.Frame + (u * band.FrameRow) + first;
                t.BStep = width;
                t.BSegment = (nint)run * width;
                t.B = panels + (((nint)u * run) + first) * width;
                t.Steps = end - first;
                t.Segments = Math.Min(kernelRows, pass.KernelHeight - u);
                RunTiles(in pass, in band, panel, &t, u == 0 && part == 0);
            }
        }
    }

    private static void RunTiles(in CorrelationPass pass, in Band band, int panel, TileArguments* t, bool isFirst)
    {
        var target = new TileTarget
        {
            Row = pass.TargetPixel,
            Vectors = pass.Division.Vectors(panel),
            Valid = pass.Division.Valid(panel),
            Add = pass.Add || !isFirst,
            Bias = pass.Bias == null ? null : pass.Bias + pass.Division.First(panel),
        };
        int most = L.MaxRows(target.Vectors), tiles = (pass.OutWidth + most - 1) / most;
        float* origin = t->A;
        for (int row = 0; row < band.Rows; row++)
        {
            float* targetRow = band.Target + (row * pass.TargetRow) + pass.Division.First(panel);
            float* frameRow = origin + (row * pass.RowStride * band.FrameRow);
            int column = 0;
            for (int tile = 0; tile < tiles; tile++)
            {
                target.Rows = (int)((long)pass.OutWidth * (tile + 1) / tiles) - column;
                target.C = targetRow + (column * pass.TargetPixel);
                t->A = frameRow + (column * t->ARow);
                TileRunner<L, V>.Run(t, in target);
                column += target.Rows;
            }
        }
    }

    private struct Band
    {
        public float* Frame;
        public nint FrameRow;
        public nint FramePixel;
        public float* Target;
        public int Rows;
    }
}
