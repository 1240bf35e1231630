using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.IntegerKernels.References;

/// <summary>
/// The oracle: every output gathers its own window, one product at a time, in 64-bit sums. Never optimised; handles every
/// convolution, on every CPU. Weights stay in canonical OHWI order.
/// </summary>
internal sealed unsafe class ReferenceConv : IntegerConvKernel
{
    // Measured on one thread: cycles of a product, whatever the widths.
    private const double CyclesPerProduct = 5;

    public override string Family => KernelRegistry.ReferenceFamily;

    public override string Tile => "1x1c1";

    public override Isa Isa => Isa.Scalar;

    public override bool Serves(int weightBits, int activationBits) => true;

    public override bool Handles(in ConvShape shape, RangeProof proof) => true;

    public override double EstimateCycles(in ConvShape shape, RangeProof proof) => CyclesPerProduct * shape.OutputLength * shape.ReductionLength;

    internal override PackedConvWeights Pack(in ConvShape shape, ReadOnlySpan<sbyte> weights, RangeProof proof)
    {
        var packed = new PackedConvWeights(this, shape, proof, weights.Length);
        weights.CopyTo(new Span<sbyte>(packed.Data, weights.Length));
        return packed;
    }

    internal override long ScratchBytes(in ConvShape shape, RangeProof proof, int threads) => 0;

    internal override void Run(in IntegerConvArguments arguments, WorkerPool pool)
    {
        IntegerConvArguments state = arguments;
        pool.Run(arguments.Shape.Batch * arguments.Shape.OutHeight, ref state, static (ref IntegerConvArguments a, int row) => RunRow(a, row));
    }

    private static void RunRow(in IntegerConvArguments arguments, int row)
    {
        ConvShape s = arguments.Shape;
        int oy = row % s.OutHeight, n = row / s.OutHeight;
        for (int ox = 0; ox < s.OutWidth; ox++)
        {
            for (int o = 0; o < s.OutChannels; o++)
            {
                long sum = Window(arguments, n, oy, ox, o);
                long at = ((((long)row * s.OutWidth) + ox) * s.OutChannels) + o;
                int accumulator = checked((int)sum);
                if (arguments.Accumulators != null)
                {
                    arguments.Accumulators[at] = accumulator;
                }

                for (int i = 0; i < (arguments.Epilogues?.Length ?? 0); i++)
                {
                    ReferenceEpilogue.Apply(arguments.Epilogues![i], o, at, accumulator);
                }
            }
        }
    }

    private static long Window(in IntegerConvArguments arguments, int n, int oy, int ox, int o)
    {
        ConvShape s = arguments.Shape;
        sbyte* weights = (sbyte*)arguments.Weights.Data + ((long)o * s.ReductionLength);
        int firstChannel = o / s.GroupOutChannels * s.GroupInChannels;
        long sum = 0;
        for (int ky = 0; ky < s.KernelHeight; ky++)
        {
            int y = (oy * s.Stride) + ky - s.Padding;
            for (int kx = 0; kx < s.KernelWidth; kx++)
            {
                int x = (ox * s.Stride) + kx - s.Padding;
                bool inside = (uint)y < (uint)s.Height && (uint)x < (uint)s.Width;
                long at = inside ? (((((long)n * s.Height) + y) * s.Width) + x) * s.InChannels : 0;
                for (int c = 0; c < s.GroupInChannels; c++)
                {
                    int a = inside ? arguments.Input[at + firstChannel + c] : arguments.PaddingCode;
                    sum += (long)a * *weights++;
                }
            }
        }

        return sum;
    }
}
