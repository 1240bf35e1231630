using LowBit.Kernels.Devices;

namespace LowBit.Methods.Allocation;

/// <summary>A layer of a model whose bits are searched: its sizes and where its bits come from.</summary>
/// <param name="Path">Path of the layer.</param>
/// <param name="Shape">Sizes for one image; a linear layer is a 1×1 convolution over <c>[1, 1, 1, in]</c>.</param>
/// <param name="Weights">Variable of its weights, or −1 when their bits are fixed.</param>
/// <param name="Input">Variable of its input, or −1 when its bits are fixed.</param>
/// <param name="ReadsFirst">True when no layer before it reads the same tensor; its bytes count here.</param>
/// <param name="FixedWeightBits">Bits of the weights without a variable.</param>
/// <param name="FixedInputBits">Bits of the input without a variable.</param>
public sealed record LayerSlot(string Path, ConvShape Shape, int Weights, int Input, bool ReadsFirst, int FixedWeightBits, int FixedInputBits)
{
    /// <summary>Multiply-adds for one image.</summary>
    public long MultiplyAdds => Shape.OutputLength * (long)Shape.ReductionLength;

    /// <summary>Values of the input of one image that no layer before it has read.</summary>
    public long OwnInputLength => ReadsFirst ? Shape.InputLength : 0;

    /// <summary>Bits of the weights in an allocation.</summary>
    /// <param name="allocation">Of the space that the slot is part of.</param>
    public int WeightBits(BitAllocation allocation)
    {
        ArgumentNullException.ThrowIfNull(allocation);
        return Weights < 0 ? FixedWeightBits : allocation[Weights];
    }

    /// <summary>Bits of the input in an allocation.</summary>
    /// <param name="allocation">Of the space that the slot is part of.</param>
    public int InputBits(BitAllocation allocation)
    {
        ArgumentNullException.ThrowIfNull(allocation);
        return Input < 0 ? FixedInputBits : allocation[Input];
    }
}
