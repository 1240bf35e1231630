using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>A registered kernel under its key.</summary>
/// <param name="Key">What it is chosen by.</param>
/// <param name="Kernel">The body.</param>
public readonly record struct KernelEntry(KernelKey Key, IntegerConvKernel Kernel)
{
    /// <summary>The full name, <c>family_w&lt;bits&gt;a&lt;bits&gt;_i32_&lt;tile&gt;__isa</c>, for example <c>dot8_w4a4_i32_16x16c4__avx512</c>.</summary>
    public string Name => $"{Key.Family}_w{Key.WeightBits}a{Key.ActivationBits}_i32_{Kernel.Tile}__{CpuFeatures.Word(Key.Isa)}";

    /// <summary>True when this CPU can run it.</summary>
    public bool IsSupported => Kernel.IsSupported;
}
