namespace LowBit.Nn;

/// <summary>What a trained tensor is for: optimiser groups treat the roles differently.</summary>
public enum ParameterRole
{
    /// <summary>Weights of a convolution or linear layer.</summary>
    Weight,

    /// <summary>Bias of a convolution or linear layer.</summary>
    Bias,

    /// <summary>Scale or shift of a normalisation layer.</summary>
    Normalization,

    /// <summary>Step or clipping range of a quantizer.</summary>
    Quantizer,
}
