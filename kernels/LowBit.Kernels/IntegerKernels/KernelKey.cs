using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>
/// What a kernel is chosen by. Written <c>family_w&lt;bits&gt;a&lt;bits&gt;_i32__isa</c>; a registry entry adds the tile.
/// </summary>
/// <param name="Family">The family word, for example <c>dot8</c>.</param>
/// <param name="WeightBits">Width of the weight codes, 1 to 8.</param>
/// <param name="ActivationBits">Width of the activation codes, 1 to 8.</param>
/// <param name="Isa">Instruction set.</param>
public readonly record struct KernelKey(string Family, int WeightBits, int ActivationBits, Isa Isa)
{
    /// <summary>The key as it stands in logs, test names and documents.</summary>
    public override string ToString() => $"{Family}_w{WeightBits}a{ActivationBits}_i32__{CpuFeatures.Word(Isa)}";
}
