using LowBit.Kernels.Devices;
using LowBit.Kernels.Ranges;

namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>How the look-ups of a layer are summed, from its sizes and its proof.</summary>
internal readonly struct GemvTableLayout
{
    /// <summary>Widest activations that two-bit weights are looked up with; wider ones would be widened at every look-up.</summary>
    public const int MostActivationBits = 4;

    // One-bit weights are looked up with all activations: wider ones in two halves of four bits.
    private const int MostWholeActivation = 31;

    public GemvTableLayout(in ConvShape shape, RangeProof proof, int codes)
    {
        // Weights are counted from the smallest one, in steps of 2 when there is nothing between −1 and 1.
        Base = proof.IsBipolar ? -1 : proof.MinWeight;
        Scale = proof.IsBipolar ? 2 : 1;
        IsSplit = proof.MaxActivation > MostWholeActivation;
        int largest = Math.Max(codes * (proof.MaxWeight - Base) / Scale * (IsSplit ? 15 : proof.MaxActivation), 1);
        Blocks = ((shape.InChannels + codes - 1) / codes + 1) / 2;
        Period = Math.Min(byte.MaxValue / largest / 2, Blocks);
        Words = Math.Max(ushort.MaxValue / (largest * 2 * Period), 1);
    }

    /// <summary>What a packed code of zero stands for.</summary>
    public int Base { get; }

    /// <summary>What a step of packed codes stands for.</summary>
    public int Scale { get; }

    /// <summary>True when a pixel is two rows: lower and upper nibbles of its codes.</summary>
    public bool IsSplit { get; }

    /// <summary>Blocks of a panel: pairs of nibbles.</summary>
    public int Blocks { get; }

    /// <summary>Blocks whose entries are added in bytes.</summary>
    public int Period { get; }

    /// <summary>Sums of bytes that are added in 16 bits.</summary>
    public int Words { get; }

    /// <summary>Rows of a pixel.</summary>
    public int Parts => IsSplit ? 2 : 1;

    /// <summary>Bytes of the tables of a row, in whole vectors.</summary>
    public long TableBytes => ((Blocks * 32L) + 63) & ~63L;
}
