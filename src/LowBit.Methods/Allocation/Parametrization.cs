namespace LowBit.Methods.Allocation;

/// <summary>What a coordinate of the search stands for.</summary>
public enum Parametrization
{
    /// <summary>Bits: 2 and 3 are as far apart as 7 and 8.</summary>
    Linear,

    /// <summary>log₂ of bits: 2 and 4 are as far apart as 4 and 8.</summary>
    Exponential,
}
