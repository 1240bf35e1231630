using System.Runtime.CompilerServices;
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
    // Pixels that use a panel's weights while they come from the second-level cache.
    private const int PixelsPerTurn = 64;

    /// <summary>Runs the pass; <see cref="CorrelationPass.Partition"/> must have been called.</summary>
    public static void Run(ref CorrelationPass pass, WorkerPool pool)
    {
        if (!pass.IsWide)
        {
            pool.Run(pass.Chunks, ref pass, static (ref CorrelationPass p, int chunk) => RunChunk(in p, chunk));
            return;
        }

        bool direct = pass.CoversFrame;
        int images = direct ? pass.Batch : pass.ImagesPerGroup;
        long floats = direct ? 0 : images * pass.FrameFloats;
        pass.Frames = direct ? null : Scratch.Rent(floats);
        for (int first = 0; first < pass.Batch; first += images)
        {
            pass.FirstImage = first;
            pass.EndImage = Math.Min(pass.Batch, first + images);
            if (!direct)
            {
                pool.Run(pass.EndImage - first, ref pass, static (ref CorrelationPass p, int image) => p.CopyFrame(image));
            }

            pool.Run(pass.WideChunks, ref pass, static (ref CorrelationPass p, int chunk) => RunWideChunk(in p, chunk));
        }

        if (!direct)
        {
            Scratch.Return(pass.Frames, floats);
        }
    }

    /// <summary>Some rows of some images, all panels: frame rows are copied just before they are used, so that they come from the first-level cache.</summary>
    private static void RunChunk(in CorrelationPass pass, int chunk)
    {
        int bands = pass.Bands, firstRow = chunk % bands * pass.RowsPerChunk;
        int rows = Math.Min(pass.RowsPerChunk, pass.OutHeight - firstRow), firstFrameRow = firstRow * pass.RowStride;
        int firstImage = chunk / bands * pass.ImagesPerChunk;
        int lastImage = Math.Min(pass.Batch, firstImage + pass.ImagesPerChunk);
        int turn = pass.Division.Count > 1 ? Math.Max(1, PixelsPerTurn / pass.OutWidth) : 1;

        bool direct = pass.CoversFrame;
        nint pitch = (nint)pass.FrameWidth * pass.Source.Channels;
        long frameFloats = direct ? 0 : pass.FrameRows(rows) * pitch;
        float* frame = direct ? null : Scratch.Rent(frameFloats);
        for (int image = firstImage; image < lastImage; image++)
        {
            var band = new Band
            {
                Frame = direct ? pass.Source.Address(image, firstFrameRow) : frame,
                FrameRow = direct ? pass.Source.Row : pitch,
                FramePixel = direct ? pass.Source.Pixel : pass.Source.Channels,
                Target = pass.Target + (image * pass.TargetImage) + (firstRow * pass.TargetRow),
            };
            int copied = 0;
            for (int row = 0; row < rows; row += turn)
            {
                band.FrameFirstRow = firstFrameRow + (row * pass.RowStride);
                band.Rows = Math.Min(turn, rows - row);
                int needed = pass.FrameRows(row + band.Rows);
                if (!direct)
                {
                    pass.Source.CopyBand(image, firstFrameRow + copied, needed - copied, pass.FrameWidth, frame + (copied * pitch));
                    copied = needed;
                    pass.Source.PrefetchRows(image, firstFrameRow + copied, turn * pass.RowStride);
                }

                for (int panel = 0; panel < pass.Division.Count; panel++)
                {
                    RunPanel(in pass, in band, panel, 0, pass.KernelHeight);
                }

                band.Frame += band.Rows * pass.RowStride * band.FrameRow;
                band.Target += band.Rows * pass.TargetRow;
            }
        }

        if (!direct)
        {
            Scratch.Return(frame, frameFloats);
        }
    }

    /// <summary>One panel of some images: a block of its weights stays in the second-level cache while all their pixels use it.</summary>
    private static void RunWideChunk(in CorrelationPass pass, int chunk)
    {
        int panel = chunk % pass.Division.Count, part = chunk / pass.Division.Count, parts = pass.WideChunks / pass.Division.Count;
        int images = pass.EndImage - pass.FirstImage;
        int firstImage = pass.FirstImage + (int)((long)images * part / parts), lastImage = pass.FirstImage + (int)((long)images * (part + 1) / parts);
        int kernelRows = pass.KernelRowsPerBlock(pass.Division.Vectors(panel) * L.Count);
        for (int u = 0; u < pass.KernelHeight; u += kernelRows)
        {
            for (int image = firstImage; image < lastImage; image++)
            {
                bool direct = pass.Frames == null;
                var band = new Band
                {
                    Rows = pass.OutHeight,
                    Frame = direct ? pass.Source.Address(image, 0) : pass.Frames + ((image - pass.FirstImage) * (nint)pass.FrameFloats),
                    FrameRow = direct ? pass.Source.Row : (nint)pass.FrameWidth * pass.Source.Channels,
                    FramePixel = direct ? pass.Source.Pixel : pass.Source.Channels,
                    Target = pass.Target + (image * pass.TargetImage),
                };
                RunPanel(in pass, in band, panel, u, Math.Min(kernelRows, pass.KernelHeight - u));
            }
        }
    }

    /// <summary>All output of one band in the channels of one panel, as far as some kernel rows contribute to it.</summary>
    private static void RunPanel(in CorrelationPass pass, in Band band, int panel, int kernelRow, int kernelRows)
    {
        int width = pass.Division.Vectors(panel) * L.Count;
        int run = pass.KernelWidth * pass.Source.Channels;
        TileArguments t = default;
        t.ARow = pass.Stride * band.FramePixel;
        t.AStep = 1;
        t.ASegment = band.FrameRow;
        t.A = band.Frame + (kernelRow * band.FrameRow);
        t.BStep = width;
        t.BSegment = (nint)run * width;
        t.B = pass.Panels + ((nint)pass.Division.First(panel) * pass.Depth) + ((nint)kernelRow * run * width);
        t.Steps = run;
        t.Segments = kernelRows;
        if (pass.KernelWidth == 3 && pass.Stride == 1 && width == L.Count)
        {
            t.Steps = pass.Source.Channels;
            t.BTap = t.Steps * width;
        }

        RunTiles(in pass, in band, panel, &t, kernelRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunTiles(in CorrelationPass pass, in Band band, int panel, TileArguments* t, int kernelRow)
    {
        var target = new TileTarget
        {
            Row = pass.TargetPixel,
            Vectors = pass.Division.Vectors(panel),
            Valid = pass.Division.Valid(panel),
            Add = pass.Add || kernelRow > 0,
            Bias = pass.Bias == null ? null : pass.Bias + pass.Division.First(panel),
        };
        // Tiles of at most two heights, a row apart, cover the row.
        int most = L.MaxRows(target.Vectors), tiles = (pass.OutWidth + most - 1) / most;
        int low = pass.OutWidth / tiles, tall = pass.OutWidth - (low * tiles);
        bool whole = target.Valid == target.Vectors * L.Count;
        delegate*<TileArguments*, void> body = TileBodies<L, V>.Get(t, low, target.Vectors);
        delegate*<TileArguments*, void> tallBody = tall > 0 ? TileBodies<L, V>.Get(t, low + 1, target.Vectors) : body;
        t->CRow = target.Row;
        t->InitRow = target.Add ? target.Row : 0;
        float* frameRow = t->A;
        float* weights = t->B;
        int kernelRows = (int)t->Segments;
        float* targetRow = band.Target + pass.Division.First(panel);
        for (int row = 0; row < band.Rows; row++)
        {
            // Kernel rows above and below the image meet zeros only.
            int first = 0, end = kernelRows;
            if (pass.Source.JoinedRows <= 1)
            {
                int top = pass.Source.Top - band.FrameFirstRow - (row * pass.RowStride) - kernelRow;
                first = Math.Clamp(top, 0, kernelRows);
                end = Math.Clamp(pass.Source.Height + top, first, kernelRows);
            }

            t->Segments = end - first;
            t->B = weights + (first * t->BSegment);
            t->A = frameRow + (first * t->ASegment);
            target.C = targetRow;
            for (int tile = 0; tile < tiles; tile++)
            {
                target.Rows = tile < tall ? low + 1 : low;
                if (whole)
                {
                    t->C = target.C;
                    t->Init = target.Add ? target.C : target.Bias;
                    (tile < tall ? tallBody : body)(t);
                }
                else
                {
                    TileRunner<L, V>.Run(t, in target);
                }

                t->A += target.Rows * t->ARow;
                target.C += target.Rows * target.Row;
            }

            frameRow += pass.RowStride * band.FrameRow;
            targetRow += pass.TargetRow;
        }
    }

    private struct Band
    {
        public float* Frame;

        /// <summary>Number of the first row in the whole frame.</summary>
        public int FrameFirstRow;
        public nint FrameRow;
        public nint FramePixel;
        public float* Target;
        public int Rows;
    }
}
