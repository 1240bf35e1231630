namespace LowBit.Kernels.IntegerKernels.Epilogues;

/// <summary>The requantization rule on whole panels, for one instruction set. A residual pointer that is null means that the rule has none.</summary>
internal unsafe interface IPanelEpilogue
{
    static abstract int Lanes { get; }

    /// <summary>Writes byte codes; strides are elements from pixel to pixel.</summary>
    static abstract void Codes(in EpiloguePanel panel, byte* residual, nint residualStride, byte* y, nint stride);

    /// <summary>Writes 32-bit integers; strides are elements from pixel to pixel.</summary>
    static abstract void Words(in EpiloguePanel panel, byte* residual, nint residualStride, int* y, nint stride);
}
