using System.Runtime.InteropServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.MatrixProducts;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Convolutions;

/// <summary>
/// The gradient to the weights of one group: a register tile holds some neighbouring positions (kernel column, input channel) of one kernel
/// row by one panel of output channels, and sums over pixels. Blocks of images give partial sums that are added in order,
/// so the bits do not depend on who computed which block.
/// </summary>
internal static unsafe class WeightGradient<L, V>
    where L : struct, IFmaLanes<V>
    where V : struct
{
    private const int TargetChunks = 16;
    private const int PanelGroupFloats = 128 * 1024;
    private const int BandFloats = 96 * 1024;
    private const int BlockFloats = 6 * 1024;
    private const int FewestSteps = 64;

    /// <summary>Adds the gradient of group <paramref name="group"/> to gw.</summary>
    public static void Run(in ConvShape s, int group, float* x, float* gy, float* gw, WorkerPool pool)
    {
        bool joined = ConvFrames.JoinsRows(s);
        var division = new ColumnPanels(s.GroupOutChannels, L.Count);
        var job = new Job
        {
            Shape = s,
            Input = joined ? ConvFrames.JoinedInput(s, x) : ConvFrames.Input(s, x, group),
            Gy = gy + (group * s.GroupOutChannels),
            GyEnd = gy + s.OutputLength,
            Division = division,
            KernelRows = joined ? 1 : s.KernelHeight,
            RowStride = joined ? 1 : s.Stride,
        };
        long panelFloats = (long)s.ReductionLength * 2 * L.Count;
        job.PanelsPerChunk = (int)Math.Clamp(PanelGroupFloats / panelFloats, 1, division.Count);
        job.PanelChunks = (division.Count + job.PanelsPerChunk - 1) / job.PanelsPerChunk;
        double mostBlocks = Math.Min(s.Batch, Math.Max(1, s.Operations / s.Groups / 1e6));
        int blocks = (int)Math.Min(mostBlocks, (TargetChunks + job.PanelChunks - 1) / job.PanelChunks);
        job.ImagesPerBlock = (s.Batch + blocks - 1) / blocks;
        job.Sums = new WeightSums<L, V>
        {
            Shape = s,
            Division = division,
            Blocks = (s.Batch + job.ImagesPerBlock - 1) / job.ImagesPerBlock,
            Gw = gw + ((nint)group * s.GroupOutChannels * s.ReductionLength),
            Joined = joined,
        };
        long floats = job.Sums.BlockFloats * job.Sums.Blocks;
        job.Sums.Partial = Scratch.Rent(floats);
        pool.Run(job.Sums.Blocks * job.PanelChunks, ref job, static (ref Job j, int chunk) => RunChunk(in j, chunk));
        job.Sums.AddTo(pool);
        Scratch.Return(job.Sums.Partial, floats);
    }

    private static void RunChunk(in Job job, int chunk)
    {
        ConvShape s = job.Shape;
        int block = chunk / job.PanelChunks, firstPanel = chunk % job.PanelChunks * job.PanelsPerChunk;
        int lastPanel = Math.Min(job.Division.Count, firstPanel + job.PanelsPerChunk);
        float* begin = job.Sums.Panel(block, firstPanel);
        float* end = lastPanel == job.Division.Count ? job.Sums.Panel(block, 0) + job.Sums.BlockFloats : job.Sums.Panel(block, lastPanel);
        NativeMemory.Clear(begin, (nuint)((byte*)end - (byte*)begin));

        int frameWidth = ((s.OutWidth - 1) * s.Stride) + s.KernelWidth, frameHeight = ((s.OutHeight - 1) * job.RowStride) + job.KernelRows;
        bool direct = job.Input.CoversFrame(frameHeight, frameWidth, s.KernelWidth);
        int bandRows = (int)Math.Clamp(BandFloats / ((long)frameWidth * job.Input.Channels * job.RowStride), 1, s.OutHeight);
        long frameFloats = direct ? 0 : (((bandRows - 1L) * job.RowStride) + job.KernelRows) * frameWidth * job.Input.Channels;
        long edgeFloats = (long)bandRows * s.OutWidth * 2 * L.Count;
        float* frame = Scratch.Rent(frameFloats + edgeFloats);
        int lastImage = Math.Min(s.Batch, (block + 1) * job.ImagesPerBlock);
        for (int image = block * job.ImagesPerBlock; image < lastImage; image++)
        {
            for (int row = 0; row < s.OutHeight; row += bandRows)
            {
                var band = new Band { Image = image, FirstRow = row, Rows = Math.Min(bandRows, s.OutHeight - row), Edge = frame + frameFloats };
                if (direct)
                {
                    band.Frame = job.Input.Address(image, row * job.RowStride);
                    band.FrameRow = job.Input.Row;
                    band.FramePixel = job.Input.Pixel;
                }
                else
                {
                    job.Input.CopyBand(image, row * job.RowStride, ((band.Rows - 1) * job.RowStride) + job.KernelRows, frameWidth, frame);
                    band.Frame = frame;
                    band.FrameRow = (nint)frameWidth * job.Input.Channels;
                    band.FramePixel = job.Input.Channels;
                }

                for (int panel = firstPanel; panel < lastPanel; panel++)
                {
                    RunPanel(in job, in band, panel, job.Sums.Panel(block, panel));
                }
            }
        }

        Scratch.Return(frame, frameFloats + edgeFloats);
    }

    private static void RunPanel(in Job job, in Band band, int panel, float* partial)
    {
        ConvShape s = job.Shape;
        int vectors = job.Division.Vectors(panel), width = vectors * L.Count, valid = job.Division.Valid(panel);
        nint gyRow = (nint)s.OutWidth * s.OutChannels;
        float* gy = job.Gy + ((((nint)band.Image * s.OutHeight) + band.FirstRow) * gyRow) + job.Division.First(panel);
        float* lastGy = gy + (((nint)band.Rows * s.OutWidth) - 1) * s.OutChannels;
        TileArguments t = default;
        t.ARow = 1;
        t.AStep = s.Stride * band.FramePixel;
        t.ASegment = job.RowStride * band.FrameRow;
        t.BStep = s.OutChannels;
        t.BSegment = gyRow;
        t.Steps = s.OutWidth;
        t.CRow = width;
        t.InitRow = width;
        if (valid < width && lastGy + width > job.GyEnd)
        {
            // Elsewhere the surplus lanes read the channels of the next pixels and their sums are dropped; here they would leave the tensor.
            CopyEdge(gy, s.OutChannels, valid, band.Edge, width, (nint)band.Rows * s.OutWidth);
            gy = band.Edge;
            t.BStep = width;
            t.BSegment = (nint)s.OutWidth * width;
        }

        // Rows are summed in blocks whose pixels stay in the first-level cache while every tile of the kernel reads them.
        long perRow = (long)s.OutWidth * width + ((long)s.OutWidth * job.Input.Channels * s.Stride * job.RowStride);
        int blockRows = (int)Math.Clamp(Math.Max(BlockFloats / perRow, (FewestSteps + s.OutWidth - 1) / s.OutWidth), 1, band.Rows);
        int run = s.KernelWidth * job.Input.Channels, most = L.MaxRows(vectors), tiles = (run + most - 1) / most;
        for (int row = 0; row < band.Rows; row += blockRows)
        {
            t.Segments = Math.Min(blockRows, band.Rows - row);
            t.B = gy + (row * t.BSegment);
            for (int u = 0; u < job.KernelRows; u++)
            {
                float* a = band.Frame + (((row * job.RowStride) + u) * band.FrameRow);
                int position = 0;
                for (int tile = 0; tile < tiles; tile++)
                {
                    int count = (int)((long)run * (tile + 1) / tiles) - position;
                    t.A = a + position;
                    t.C = partial + (((nint)u * run) + position) * width;
                    t.Init = t.C;
                    TileTable<L, V, RowStep1>.Get(count, vectors)(&t);
                    position += count;
                }
            }
        }
    }

    /// <summary>Copies the output gradients of a partly filled panel, zeros in the lanes without a channel.</summary>
    private static void CopyEdge(float* gy, nint pixel, int valid, float* edge, int width, nint pixels)
    {
        for (nint i = 0; i < pixels; i++, gy += pixel, edge += width)
        {
            for (int c = 0; c < width; c++)
            {
                edge[c] = c < valid ? gy[c] : 0;
            }
        }
    }

    private struct Job
    {
        public ConvShape Shape;
        public int KernelRows;
        public int RowStride;
        public ImageSource Input;
        public float* Gy;
        public float* GyEnd;
        public ColumnPanels Division;
        public int PanelsPerChunk;
        public int PanelChunks;
        public int ImagesPerBlock;
        public WeightSums<L, V> Sums;
    }

    private struct Band
    {
        public int Image;
        public int FirstRow;
        public int Rows;
        public float* Frame;
        public nint FrameRow;
        public nint FramePixel;
        public float* Edge;
    }
}
