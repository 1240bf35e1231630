using System.Numerics;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Ranges;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// In which order the products of one output are summed. A step is four channels of one pixel; a <i>group</i> is what one 4-bit index covers: four one-bit
/// weights or two two-bit weights. Groups run (ky, step, part of the step, kx). Working memory holds tables as <c>[input row][plane][position][16]</c>, or in the
/// wide form numbers of constant tables as <c>[input row][position][padded channels]</c> bytes, a group's number where its first code was.
/// </summary>
internal readonly struct LutLayout
{
    /// <summary>Codes of a step.</summary>
    public const int StepCodes = 4;

    /// <summary>Bytes of a table: one entry for each index.</summary>
    public const int TableBytes = 16;

    // One beyond what a 16-bit threshold can tell apart is not reached: sums lie in −32766 … 32766.
    private const int LargestSum = 32766;

    private readonly int _kernelHeight;
    private readonly int _kernelWidth;
    private readonly int _channels;
    private readonly int _stride;

    public LutLayout(in ConvShape shape, RangeProof proof, bool isWide)
    {
        IsWide = isWide;
        _kernelHeight = shape.KernelHeight;
        _kernelWidth = shape.KernelWidth;
        _channels = shape.GroupInChannels;
        _stride = shape.Stride;
        IsBipolar = proof.IsBipolar;
        LowestWeight = proof.IsBipolar ? -1 : Math.Min(proof.MinWeight, 0);
        IsTernary = !IsBipolar && LowestWeight == -1 && proof.MaxWeight <= 1;
        MaxActivation = proof.MaxActivation;
        GroupCodes = proof.IsBipolar ? 4 : 2;
        Parts = StepCodes / GroupCodes;
        ChannelSteps = (_channels + StepCodes - 1) / StepCodes;
        Phases = isWide ? 1 : Math.Min(_stride, _kernelWidth);
        ColumnStep = isWide ? 1 : _stride;
        CodeBits = 32 - BitOperations.LeadingZeroCount((uint)MaxActivation);
        Planes = ChannelSteps * Parts * Phases;
        Groups = _kernelHeight * _kernelWidth * ChannelSteps * Parts;
        FlushGroups = Math.Min(255 / Math.Max(LargestEntry(proof), 1), Groups);
    }

    /// <summary>True when tables are constants and working memory holds their numbers.</summary>
    public bool IsWide { get; }

    /// <summary>True when weights are −1 and +1: stored as one bit, <c>w = 2·bit − 1</c>.</summary>
    public bool IsBipolar { get; }

    /// <summary>True when weights are −1 and +1 and codes 0 and 1.</summary>
    public bool IsBinary => IsBipolar && MaxActivation == 1;

    /// <summary>True when weights are −1, 0 and 1.</summary>
    public bool IsTernary { get; }

    /// <summary>The weight that is stored as 0: −1 when bipolar, else the smallest one or 0.</summary>
    public int LowestWeight { get; }

    /// <summary>The largest activation: a negative weight w adds <c>|w|·(MaxActivation − a)</c>, which is <c>w·a + |w|·MaxActivation</c>.</summary>
    public int MaxActivation { get; }

    /// <summary>Weights covered by one index.</summary>
    public int GroupCodes { get; }

    /// <summary>Groups of a step.</summary>
    public int Parts { get; }

    /// <summary>Steps that one pixel's channels take.</summary>
    public int ChannelSteps { get; }

    /// <summary>Column phases kept apart in a row, so that neighbouring pixels lie side by side at any stride.</summary>
    public int Phases { get; }

    /// <summary>Input columns from a position of a phase to the next.</summary>
    public int ColumnStep { get; }

    /// <summary>Bits of a code.</summary>
    public int CodeBits { get; }

    /// <summary>Table planes of an input row; a plane holds one group's tables of neighbouring pixels.</summary>
    public int Planes { get; }

    /// <summary>Channels of a pixel in working memory, in whole blocks of 16.</summary>
    public int PaddedChannels => (_channels + 15) / 16 * 16;

    /// <summary>Groups summed for one output.</summary>
    public int Groups { get; }

    /// <summary>Table entries that may be added in a byte whatever the weights are: <c>⌊255 / largest entry⌋</c>. See <see cref="LutRuns"/>.</summary>
    public int FlushGroups { get; }

    /// <summary>True when the sums of every group fit a byte and the sums of a layer 16 bits.</summary>
    public static bool Fits(RangeProof proof)
        => LargestEntry(proof) <= byte.MaxValue && proof.MaxMagnitude <= LargestSum && (proof.IsBipolar || Math.Max(proof.MaxWeight, 0) - Math.Min(proof.MinWeight, 0) <= 3);

    /// <summary>True when every combination of a group's codes has a table of its own: at most 256 of them.</summary>
    public static bool HasConstantTables(RangeProof proof) => (proof.IsBipolar ? 4 : 2) * proof.ActivationBits <= 8;

    /// <summary>Positions of a plane for a row of <paramref name="outWidth"/> outputs.</summary>
    public int PlaneWidth(int outWidth) => IsWide ? ((outWidth - 1) * _stride) + _kernelWidth : outWidth + ((_kernelWidth - 1) / _stride);

    /// <summary>Bytes of working memory for an input row of <paramref name="planeWidth"/> positions, in whole cache lines.</summary>
    public long RowBytes(int planeWidth) => IsWide ? (((long)planeWidth * PaddedChannels) + 63) & -64 : (long)Planes * planeWidth * TableBytes;

    /// <summary>Writes where the table of each group of a row's first output lies, or its number, in bytes from the start of the row's first input row.</summary>
    /// <param name="planeWidth">Positions of an input row.</param>
    /// <param name="kernelRows">Kernel rows to write for, from the first.</param>
    /// <param name="offsets">Receives an offset for each group.</param>
    public unsafe void WriteOffsets(int planeWidth, int kernelRows, nint* offsets)
    {
        nint row = (nint)RowBytes(planeWidth), plane = (nint)planeWidth * TableBytes;
        int padded = PaddedChannels;
        for (int ky = 0; ky < kernelRows; ky++)
        {
            for (int c = 0; c < ChannelSteps; c++)
            {
                for (int part = 0; part < Parts; part++)
                {
                    for (int kx = 0; kx < _kernelWidth; kx++)
                    {
                        if (IsWide)
                        {
                            *offsets++ = (ky * row) + (kx * padded) + (c * StepCodes) + (part * GroupCodes);
                            continue;
                        }

                        // Output x reads position x + shift of the phase.
                        (int shift, int phase) = _stride == 1 ? (kx, 0) : Math.DivRem(kx, _stride);
                        *offsets++ = (ky * row) + (Plane(phase, c, part) * plane) + (shift * TableBytes);
                    }
                }
            }
        }
    }

    /// <summary>Index of a plane in an input row.</summary>
    public int Plane(int phase, int step, int part) => (((step * Phases) + phase) * Parts) + part;

    /// <summary>Index of weight i of a group within an output's weights <c>[ky, kx, c]</c>, or −1 where there is none.</summary>
    public int WeightIndex(int group, int i)
    {
        (group, int kx) = Math.DivRem(group, _kernelWidth);
        (group, int part) = Math.DivRem(group, Parts);
        (int ky, int step) = Math.DivRem(group, ChannelSteps);
        int c = (step * StepCodes) + (part * GroupCodes) + i;
        return c < _channels ? (((ky * _kernelWidth) + kx) * _channels) + c : -1;
    }

    private static int LargestEntry(RangeProof proof)
        => (proof.IsBipolar ? 4 : 2 * Math.Max(proof.MaxWeight, -proof.MinWeight)) * proof.MaxActivation;
}
