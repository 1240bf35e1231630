namespace LowBit.Runtime.Models;

/// <summary>What a node of an <see cref="IntegerModel"/> does. The numbers are those of the <c>.lbq</c> file.</summary>
public enum NodeKind
{
    /// <summary>Replaces each code by a table's entry; the first node of a model turns pixels into codes this way.</summary>
    Lookup = 1,

    /// <summary>Convolution, or a linear layer as a 1x1 convolution, with requantizing epilogues.</summary>
    Convolution = 2,

    /// <summary>Sum over windows with requantizing epilogues: average pooling, the divisor being part of the multiplier.</summary>
    SumPool = 3,

    /// <summary>Maximum over windows.</summary>
    MaxPool = 4,

    /// <summary>Codes brought to another grid, or the sum of two edges of different scales.</summary>
    Rescale = 5,

    /// <summary>Option-A shortcut: every stride-th pixel, new channels holding the code of zero.</summary>
    Shortcut = 6,
}
