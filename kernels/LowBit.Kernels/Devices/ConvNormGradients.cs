namespace LowBit.Kernels.Devices;

/// <summary>Where <see cref="Device.ConvNormBackward"/> puts gradients; null for one that nobody wants.</summary>
public readonly record struct ConvNormGradients
{
    /// <summary>Of the input <c>[N, H, W, C]</c>.</summary>
    public DeviceBuffer? X { get; init; }

    /// <summary>True to add to <see cref="X"/>, false to write it.</summary>
    public bool XHoldsOther { get; init; }

    /// <summary>Of the weights; added to.</summary>
    public DeviceBuffer? W { get; init; }

    /// <summary>Of γ; added to.</summary>
    public DeviceBuffer? Gamma { get; init; }

    /// <summary>Of β; added to.</summary>
    public DeviceBuffer? Beta { get; init; }

    /// <summary>Of the addend <c>[N, OH, OW, O]</c>; may be the gradient of the output itself.</summary>
    public DeviceBuffer? Addend { get; init; }

    /// <summary>True to add to <see cref="Addend"/>, false to write it.</summary>
    public bool AddendHoldsOther { get; init; }

    /// <summary>Of what the quantizer's step is learned from; added to.</summary>
    public DeviceBuffer? Step { get; init; }

    /// <summary>Factor of the step's gradient.</summary>
    public float StepScale { get; init; }
}
