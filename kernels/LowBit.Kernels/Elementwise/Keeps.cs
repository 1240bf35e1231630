namespace LowBit.Kernels.Elementwise;

/// <summary>What an element-wise op keeps for its backward pass.</summary>
public enum Keeps
{
    /// <summary>The slope is a constant.</summary>
    Nothing,

    /// <summary>The slope is computed from the input.</summary>
    Input,

    /// <summary>The slope is computed from the output, so the input may be freed.</summary>
    Output,
}
