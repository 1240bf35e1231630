namespace LowBit.Quantization;

/// <summary>How the clipping level of a quantizer of several widths depends on the width: the level is what the highest code stands for, α = s·(High − z).</summary>
public enum ClippingForm
{
    /// <summary>Each width has what it learns to itself; only the selected width gets gradients.</summary>
    Table,

    /// <summary><c>α(b) = α₀·exp(k·(b − b₀))</c>: α₀ and k are learned for each channel and get gradients at every width; b₀ is the middle width of the list.</summary>
    Function,

    /// <summary>One level for all widths: the ablation, in which the clipping does not depend on the bits.</summary>
    Shared,
}
