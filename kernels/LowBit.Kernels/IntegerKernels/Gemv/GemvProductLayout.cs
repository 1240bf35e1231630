using LowBit.Kernels.Devices;
using LowBit.Kernels.Ranges;

namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>How the products of a layer are formed and summed, from its sizes and its proof.</summary>
internal readonly struct GemvProductLayout
{
    /// <summary>Most rows of a tile: their sums stay in registers.</summary>
    public const int TileRows = 4;

    public GemvProductLayout(in ConvShape shape, RangeProof proof)
    {
        int bits = proof.WeightBits;
        Bits = bits >= 7 ? 8 : Math.Max(bits, 2);
        (Steps, Vectors) = Bits switch
        {
            8 => (Code8.Steps, Code8.Vectors),
            6 => (Code6.Steps, Code6.Vectors),
            5 => (Code5.Steps, Code5.Vectors),
            4 => (Code4.Steps, Code4.Vectors),
            3 => (Code3.Steps, Code3.Vectors),
            _ => (Code2.Steps, Code2.Vectors),
        };
        int pairSums;
        if (Bits == 8)
        {
            // Signed weights, unsigned activations. Where not even one pair sum fits, an activation is the sum of its two halves: 2·128·(−128) fits just so.
            pairSums = Math.Max(proof.PairSumsInInt16, 1);
            IsSplit = proof.PairSumsInInt16 == 0;
        }
        else
        {
            // Unsigned weights w − Base, signed activations a − Center.
            Base = proof.MinWeight;
            Center = proof.MaxActivation > sbyte.MaxValue ? 128 : 0;
            int span = 2 * (proof.MaxWeight - proof.MinWeight), above = span * (proof.MaxActivation - Center), below = span * Center;
            pairSums = Math.Min(short.MaxValue / Math.Max(above, 1), 32768 / Math.Max(below, 1));
        }

        // Odd steps of two-bit codes come four times as large: half the steps, but a quarter of the depth.
        pairSums = Bits == 2 ? pairSums / 2 : pairSums;
        Depth = pairSums >= Steps ? 0 : pairSums >= 4 ? 4 : pairSums >= 2 ? 2 : 1;
        Period = Math.Max(pairSums / Steps, 1);
        Blocks = (shape.InChannels + (4 * Steps) - 1) / (4 * Steps);
    }

    /// <summary>Bits of a packed code: 2 to 6, or 8.</summary>
    public int Bits { get; }

    /// <summary>Steps of a block.</summary>
    public int Steps { get; }

    /// <summary>Vectors of a block.</summary>
    public int Vectors { get; }

    /// <summary>What a packed code of zero stands for.</summary>
    public int Base { get; }

    /// <summary>What is taken off the activations.</summary>
    public int Center { get; }

    /// <summary>True when a pixel is two rows whose sums are added.</summary>
    public bool IsSplit { get; }

    /// <summary>Steps added in 16 bits; 0 means <see cref="Period"/> blocks.</summary>
    public int Depth { get; }

    /// <summary>Blocks added in 16 bits when <see cref="Depth"/> is 0.</summary>
    public int Period { get; }

    /// <summary>Blocks of a panel.</summary>
    public int Blocks { get; }

    /// <summary>Rows of a pixel.</summary>
    public int Parts => IsSplit ? 2 : 1;

    /// <summary>Bytes of a row.</summary>
    public int RowBytes => ((Blocks * Steps * 4) + 63) & ~63;

    /// <summary>Bytes of a panel: a constant for each output, then the blocks.</summary>
    public long PanelBytes(int vectorBytes) => vectorBytes * (1 + ((long)Blocks * Vectors));
}
