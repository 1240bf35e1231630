using LowBit.Kernels.Devices;
using LowBit.Kernels.Ranges;

namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>
/// In which order the bit products of one output are summed. A <i>step</i> is eight bits, one byte: the codes of eight channels of one pixel of a window. A
/// <i>unit</i> is eight steps, 64 channels. A <i>pass</i> goes over the steps with one bit of the weights and one bit of the activations; passes run from the
/// highest significance to the lowest, so that counters only need to be doubled between them. The units are cut into segments whose counters fit a byte and
/// whose weights stay in L1 while several pixels meet them; a segment makes all its passes.
/// </summary>
internal readonly struct BitplaneLayout
{
    /// <summary>Steps of a unit.</summary>
    public const int UnitSteps = 8;

    /// <summary>Channels of a unit.</summary>
    public const int UnitChannels = 64;

    /// <summary>Bytes of a step of an activation bit in working memory: one byte four times, as it is broadcast.</summary>
    public const int StepBytes = 4;

    // A lane counts in units of 32 in a byte, so it may reach 255·32; a step adds at most eight in each pass, times the pass's significance.
    private const int LaneLimit = byte.MaxValue * 32 / 8;

    // Steps of all passes of a segment: 64 bytes of weights each.
    private const int MostSegmentSteps = 288;

    // Sums are 16-bit integers, and one beyond what a 16-bit threshold can tell apart is not reached: sums lie in −32766 … 32766.
    private const int LargestSum = 32766;

    // Units of which a tile joins the last carries.
    private const int JoinedUnits = 4;

    private readonly int _kernelHeight;
    private readonly int _kernelWidth;

    public BitplaneLayout(in ConvShape shape, RangeProof proof)
    {
        _kernelHeight = shape.KernelHeight;
        _kernelWidth = shape.KernelWidth;
        IsBipolar = proof.IsBipolar;
        WeightBits = proof.WeightBits;
        ActivationBits = proof.ActivationBits;
        Channels = shape.GroupInChannels;
        ChannelUnits = (Channels + UnitChannels - 1) / UnitChannels;
        Units = _kernelHeight * _kernelWidth * ChannelUnits;
        Passes = WeightBits * ActivationBits;
        Planes = IsBipolar ? ActivationBits : 2 * ActivationBits;
        int most = Math.Min(LaneLimit / Significance(WeightBits, ActivationBits), Math.Max(MostSegmentSteps / Passes, 2 * UnitSteps)) / UnitSteps;
        int segments = (Units + most - 1) / most, even = (Units + segments - 1) / segments, joined = (even + JoinedUnits - 1) / JoinedUnits * JoinedUnits;
        SegmentUnits = joined <= most ? joined : even;
    }

    /// <summary>True when weights are −1 and 1.</summary>
    public bool IsBipolar { get; }

    /// <summary>Bits of a weight: one when bipolar, else two's complement.</summary>
    public int WeightBits { get; }

    /// <summary>Bits of an activation.</summary>
    public int ActivationBits { get; }

    /// <summary>Channels of a group.</summary>
    public int Channels { get; }

    /// <summary>Units of a pixel.</summary>
    public int ChannelUnits { get; }

    /// <summary>Units of a window: of its pixels <c>[ky, kx]</c>.</summary>
    public int Units { get; }

    /// <summary>Units of a segment; the last one may have fewer.</summary>
    public int SegmentUnits { get; }

    /// <summary>Pairs of a weight bit and an activation bit.</summary>
    public int Passes { get; }

    /// <summary>
    /// Planes of an input row in working memory: the bits of the activations and, for the highest bit of two's complement weights, which is negative, their
    /// complements: <c>−Σ w ∧ a = Σ w ∧ ¬a − Σ w</c>.
    /// </summary>
    public int Planes { get; }

    /// <summary>Bytes of a unit of an activation bit.</summary>
    public static int UnitBytes => UnitSteps * StepBytes;

    /// <summary>Bytes of one bit of a pixel.</summary>
    public int PixelBytes => ChannelUnits * UnitBytes;

    /// <summary>True when the counters of at least one unit fit a byte.</summary>
    public static bool Serves(int weightBits, int activationBits) => LaneLimit / Significance(weightBits, activationBits) >= UnitSteps;

    /// <summary>True when the sums of a layer fit 16 bits.</summary>
    public static bool Fits(RangeProof proof) => proof.MaxMagnitude <= LargestSum;

    /// <summary>The two bits of a pass and whether the next one has half its significance.</summary>
    /// <param name="pass">0 to <see cref="Passes"/> − 1.</param>
    /// <returns>Bit of the weights, bit of the activations, and true at the last pass of a significance but the lowest.</returns>
    public (int WeightBit, int ActivationBit, bool IsDoubled) Pass(int pass)
    {
        for (int s = WeightBits + ActivationBits - 2; ; s--)
        {
            int first = Math.Max(s - ActivationBits + 1, 0), count = Math.Min(s, WeightBits - 1) - first + 1;
            if (pass < count)
            {
                return (first + pass, s - first - pass, pass == count - 1 && s > 0);
            }

            pass -= count;
        }
    }

    /// <summary>Writes for each pass where its plane begins in an input row, in bytes, and 1 if counters are doubled after it, else 0.</summary>
    public unsafe void WritePasses(nint planeBytes, nint* passes)
    {
        for (int p = 0; p < Passes; p++)
        {
            (int weightBit, int activationBit, bool isDoubled) = Pass(p);
            bool isComplement = !IsBipolar && weightBit == WeightBits - 1;
            *passes++ = (isComplement ? ActivationBits + activationBit : activationBit) * planeBytes;
            *passes++ = isDoubled ? 1 : 0;
        }
    }

    /// <summary>Writes where each unit of a window lies, in bytes from the window's first pixel.</summary>
    public unsafe void WriteUnits(nint rowBytes, nint* units)
    {
        for (int ky = 0; ky < _kernelHeight; ky++)
        {
            // Units of neighbouring pixels follow one another.
            for (int i = 0; i < _kernelWidth * ChannelUnits; i++)
            {
                *units++ = (ky * rowBytes) + (i * UnitBytes);
            }
        }
    }

    /// <summary>Index of a bit of a step within an output's weights <c>[ky, kx, c]</c>, or −1 where there is none.</summary>
    public int WeightIndex(int step, int bit)
    {
        (int pixel, int channelStep) = Math.DivRem(step, ChannelUnits * UnitSteps);
        int c = (8 * channelStep) + bit;
        return c < Channels ? (pixel * Channels) + c : -1;
    }

    private static int Significance(int weightBits, int activationBits) => ((1 << weightBits) - 1) * ((1 << activationBits) - 1);
}
