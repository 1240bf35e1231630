using LowBit.Kernels.Devices;
using LowBit.Kernels.MatrixProducts;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Convolutions;

/// <summary>Convolutions whose groups have more than one channel, as correlation passes.</summary>
internal static unsafe class DenseConvolution<L, V>
    where L : struct, IFmaLanes<V>
    where V : struct
{
    /// <summary>The forward convolution: one pass per group.</summary>
    public static void Forward(in ConvShape s, float* x, float* w, float* bias, float* y, WorkerPool pool)
    {
        var division = new ColumnPanels(s.GroupOutChannels, L.Count);
        long panelFloats = (long)division.PaddedColumns * s.ReductionLength;
        float* panels = Scratch.Rent(panelFloats + division.PaddedColumns);
        for (int group = 0; group < s.Groups; group++)
        {
            int firstOut = group * s.GroupOutChannels;
            bool joined = ConvFrames.JoinsRows(s);
            var packing = new PackJob
            {
                Shape = s,
                Joined = joined,
                Division = division,
                Depth = s.ReductionLength,
                Source = w + ((nint)firstOut * s.ReductionLength),
                Panels = panels,
            };
            pool.Run(division.Count, ref packing, static (ref PackJob j, int panel) => j.Pack(panel));
            CorrelationPass pass = ConvFrames.ForwardPass(s, group, x, y);
            pass.Panels = panels;
            pass.Division = division;
            if (joined)
            {
                pass.Source = ConvFrames.JoinedInput(s, x);
                pass.KernelHeight = 1;
                pass.RowStride = 1;
            }

            if (bias != null)
            {
                pass.Bias = panels + panelFloats;
                new Span<float>(pass.Bias, division.PaddedColumns).Clear();
                new ReadOnlySpan<float>(bias + firstOut, s.GroupOutChannels).CopyTo(new Span<float>(pass.Bias, s.GroupOutChannels));
            }

            pass.Partition();
            Correlation<L, V>.Run(ref pass, pool);
        }

        Scratch.Return(panels, panelFloats + division.PaddedColumns);
    }

    /// <summary>
    /// The gradient to the input: for each phase (a, b) of the stride, the input pixels (S·i + a, S·j + b) meet only the taps
    /// u ≡ a + P, v ≡ b + P (mod S), and for them it is a correlation of gy with those taps, turned, at stride 1.
    /// </summary>
    public static void BackwardInput(in ConvShape s, float* gy, float* w, float* gx, bool accumulate, WorkerPool pool)
    {
        var division = new ColumnPanels(s.GroupInChannels, L.Count);
        long panelFloats = (long)division.PaddedColumns * s.KernelHeight * s.KernelWidth * s.GroupOutChannels;
        float* panels = Scratch.Rent(panelFloats);
        for (int group = 0; group < s.Groups; group++)
        {
            for (int a = 0; a < Math.Min(s.Stride, s.Height); a++)
            {
                for (int b = 0; b < Math.Min(s.Stride, s.Width); b++)
                {
                    var rows = new StridePhase(s.KernelHeight, s.Stride, s.Padding, a);
                    var columns = new StridePhase(s.KernelWidth, s.Stride, s.Padding, b);
                    if (rows.Taps > 0 && columns.Taps > 0)
                    {
                        RunPhase(in s, group, rows, columns, new Operands { Gy = gy, W = w, Gx = gx, Accumulate = accumulate, Panels = panels, Division = division }, pool);
                    }
                }
            }
        }

        Scratch.Return(panels, panelFloats);
    }

    private static void RunPhase(in ConvShape s, int group, StridePhase rows, StridePhase columns, Operands operands, WorkerPool pool)
    {
        ColumnPanels division = operands.Division;
        var packing = new TurnedPackJob { Shape = s, Group = group, Rows = rows, Columns = columns, W = operands.W, Panels = operands.Panels, Division = division };
        pool.Run(division.Count, ref packing, static (ref TurnedPackJob j, int panel) => j.Pack(panel));
        CorrelationPass pass = ConvFrames.BackwardPass(s, group, rows, columns, operands.Gy, operands.Gx);
        pass.Add = operands.Accumulate;
        pass.Panels = operands.Panels;
        pass.Division = division;
        pass.Partition();
        Correlation<L, V>.Run(ref pass, pool);
    }

    private struct Operands
    {
        public float* Gy;
        public float* W;
        public float* Gx;
        public bool Accumulate;
        public float* Panels;
        public ColumnPanels Division;
    }

    private struct PackJob
    {
        public ConvShape Shape;
        public bool Joined;
        public ColumnPanels Division;
        public int Depth;
        public float* Source;
        public float* Panels;

        /// <summary>Packs (kernel row, kernel column, channel), or (column, row) for joined rows.</summary>
        public readonly void Pack(int panel)
        {
            float* to = Panels + ((nint)Division.First(panel) * Depth);
            if (!Joined)
            {
                Division.Pack(panel, Depth, Source, 1, Depth, to);
                return;
            }

            nint width = (nint)Division.Vectors(panel) * Division.Lanes;
            for (int v = 0; v < Shape.KernelWidth; v++)
            {
                for (int u = 0; u < Shape.KernelHeight; u++, to += width)
                {
                    Division.Pack(panel, 1, Source + ((nint)u * Shape.KernelWidth) + v, 1, Depth, to);
                }
            }
        }
    }

    private struct TurnedPackJob
    {
        public ConvShape Shape;
        public int Group;
        public StridePhase Rows;
        public StridePhase Columns;
        public float* W;
        public float* Panels;
        public ColumnPanels Division;

        /// <summary>Packs the taps of the phase in turned order: rows of a panel are (tap row, tap column, output channel).</summary>
        public readonly void Pack(int panel)
        {
            int go = Shape.GroupOutChannels, gi = Shape.GroupInChannels;
            int width = Division.Vectors(panel) * L.Count;
            float* to = Panels + ((nint)Division.First(panel) * Rows.Taps * Columns.Taps * go);
            for (int u = 0; u < Rows.Taps; u++)
            {
                for (int v = 0; v < Columns.Taps; v++, to += (nint)go * width)
                {
                    nint tap = ((nint)Rows.KernelIndex(u) * Shape.KernelWidth) + Columns.KernelIndex(v);
                    Division.Pack(panel, go, W + ((nint)Group * go * Shape.ReductionLength) + (tap * gi), Shape.ReductionLength, 1, to);
                }
            }
        }
    }
}
