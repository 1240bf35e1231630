using LowBit.Kernels.Devices;
using LowBit.Kernels.Ranges;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// In which order the products of one output are summed: a list of steps, each a lane's worth of codes (four bytes, or two 16-bit integers when wide).
/// Kernel column and channel run together, as they lie in an image: step (ky, part of the row of <c>KernelWidth·channels</c> codes).
/// </summary>
internal readonly struct Dot8Layout
{
    // Groups of four steps need their weights in registers beside the accumulators.
    private const int ManyRegisters = 32;

    private readonly int _kernelHeight;
    private readonly int _rowCodes;

    public Dot8Layout(in ConvShape shape, RangeProof proof, bool dotIsExact, int registers)
    {
        _kernelHeight = shape.KernelHeight;
        _rowCodes = shape.KernelWidth * shape.GroupInChannels;
        int depth = dotIsExact ? 1 : proof.PairSumsInInt16;
        CodesPerStep = depth == 0 ? 2 : 4;
        int steps = (_rowCodes + CodesPerStep - 1) / CodesPerStep;
        Sums = dotIsExact ? Dot8Sums.Exact : depth == 0 ? Dot8Sums.Wide : Choose(depth, steps, shape.KernelHeight, registers >= ManyRegisters);

        // Bodies take one turn of their loop for so many steps; weights of the ones that do not exist are zero.
        int turn = Sums == Dot8Sums.Exact ? 1 : Sums == Dot8Sums.OfFour ? 4 : 2;
        StepsPerRow = Padded(steps, turn);
        Depth = depth & ~1;
    }

    public Dot8Sums Sums { get; }

    /// <summary>True when products are formed in 32 bits from 16-bit codes.</summary>
    public bool IsWide => Sums == Dot8Sums.Wide;

    /// <summary>Bytes of an activation code.</summary>
    public int CodeBytes => IsWide ? 2 : 1;

    /// <summary>Codes in a step: 4, or 2 when wide.</summary>
    public int CodesPerStep { get; }

    /// <summary>Steps of one kernel row, those without codes that fill the last turn of the inner loop included.</summary>
    public int StepsPerRow { get; }

    /// <summary>Most steps whose pair sums are added in 16 bits before they are widened, where that is repeated.</summary>
    public int Depth { get; }

    /// <summary>True when no step has bytes that are not codes of its window.</summary>
    public bool IsFull => StepsPerRow * CodesPerStep == _rowCodes;

    /// <summary>All steps.</summary>
    public int Steps => _kernelHeight * StepsPerRow;

    /// <summary>How often the 16-bit sums of a pixel are widened into the tile.</summary>
    public int Widenings => Sums == Dot8Sums.Delayed ? 1 : Sums == Dot8Sums.Repeated ? (Steps + Depth - 1) / Depth : 0;

    /// <summary>Room for the runs, in pointer-sized integers.</summary>
    public int RunWords => 3 * (_kernelHeight + (Sums == Dot8Sums.Repeated ? Widenings : 0));

    /// <summary>Writes the runs of a window whose input rows are some bytes apart.</summary>
    public unsafe void WriteRuns(nint rowBytes, Dot8Run* runs)
    {
        int left = Sums == Dot8Sums.Repeated ? Depth : Steps;
        for (int ky = 0; ky < _kernelHeight; ky++)
        {
            for (int step = 0; step < StepsPerRow;)
            {
                int steps = Math.Min(StepsPerRow - step, left);
                left -= steps;
                *runs = new Dot8Run { Offset = (ky * rowBytes) + (step * sizeof(int)), Steps = steps, End = left == 0 ? 1 : 0 };
                left = left == 0 ? Depth : left;
                step += steps;
                runs++;
            }
        }

        runs[-1].End = 2;
    }

    /// <summary>Index of code i of a step within an output's weights <c>[ky, kx, c]</c>, or −1 where there is none.</summary>
    public int WeightIndex(int step, int i)
    {
        int e = (step % StepsPerRow * CodesPerStep) + i;
        return e < _rowCodes ? (step / StepsPerRow * _rowCodes) + e : -1;
    }

    // By instructions of a step: a multiplication, an addition, and what widening adds.
    private static Dot8Sums Choose(int depth, int steps, int kernelHeight, bool hasManyRegisters)
    {
        if (depth >= kernelHeight * steps && depth > 1)
        {
            return Dot8Sums.Delayed;
        }

        double least = 3 * Padded(steps, 2);
        Dot8Sums best = Dot8Sums.AtOnce;
        if (depth >= 2 && 2.5 * Padded(steps, 2) < least)
        {
            least = 2.5 * Padded(steps, 2);
            best = Dot8Sums.OfTwo;
        }

        if (depth >= 4 && hasManyRegisters && 2.25 * Padded(steps, 4) < least)
        {
            least = 2.25 * Padded(steps, 4);
            best = Dot8Sums.OfFour;
        }

        return depth >= 4 && (2 + (4.0 / (depth & ~1))) * Padded(steps, 2) < least ? Dot8Sums.Repeated : best;
    }

    private static int Padded(int steps, int turn) => (steps + turn - 1) / turn * turn;
}
