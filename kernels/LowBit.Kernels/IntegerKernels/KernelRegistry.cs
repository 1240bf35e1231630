using System.Runtime.Intrinsics;
using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels.Depthwise;
using LowBit.Kernels.IntegerKernels.Dot8;
using LowBit.Kernels.IntegerKernels.Epilogues;
using LowBit.Kernels.IntegerKernels.References;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>
/// The only place that binds keys to bodies. It starts with the reference under every key and is then overwritten; it lists what this CPU
/// cannot run too. Tests, benchmarks and <c>docs/kernels.md</c> enumerate it.
/// </summary>
public static class KernelRegistry
{
    /// <summary>Convolutions with any groups, and linear layers.</summary>
    public const string ConvFamily = "conv";

    /// <summary>Convolutions that take each channel alone.</summary>
    public const string DepthwiseFamily = "depthwise";

    private static readonly Dictionary<KernelKey, IntegerConvKernel> s_kernels = Build();

    /// <summary>The oracle of every convolution.</summary>
    public static IntegerConvKernel Reference { get; } = new ReferenceConv(ConvFamily, Isa.Scalar);

    /// <summary>All entries, by family, instruction set, weight bits and activation bits.</summary>
    public static IReadOnlyList<KernelEntry> Entries { get; } = List();

    /// <summary>The kernel of one key.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public static IntegerConvKernel Get(KernelKey key) => s_kernels.TryGetValue(key, out IntegerConvKernel? kernel)
        ? kernel
        : throw new KeyNotFoundException($"there is no kernel {key}");

    /// <summary>The kernel for a layer: the widest one not above <paramref name="limit"/> and <see cref="CpuFeatures.Best"/>.</summary>
    /// <param name="shape">Sizes of the layer.</param>
    /// <param name="proof">Its range proof, which gives the bits.</param>
    /// <param name="limit">The widest instruction set to use.</param>
    public static IntegerConvKernel Find(in ConvShape shape, RangeProof proof, Isa limit)
    {
        ArgumentNullException.ThrowIfNull(proof);
        string family = shape.IsDepthwise ? DepthwiseFamily : ConvFamily;
        for (Isa isa = limit < CpuFeatures.Best ? limit : CpuFeatures.Best; isa > Isa.Scalar; isa--)
        {
            IntegerConvKernel kernel = s_kernels[new KernelKey(family, proof.WeightBits, proof.ActivationBits, isa)];
            if (CpuFeatures.IsSupported(isa) && kernel.Handles(shape))
            {
                return kernel;
            }
        }

        return s_kernels[new KernelKey(family, proof.WeightBits, proof.ActivationBits, Isa.Scalar)];
    }

    private static Dictionary<KernelKey, IntegerConvKernel> Build()
    {
        var kernels = new Dictionary<KernelKey, IntegerConvKernel>();
        foreach (Isa isa in Enum.GetValues<Isa>())
        {
            Register(kernels, new ReferenceConv(ConvFamily, isa));
            Register(kernels, new ReferenceConv(DepthwiseFamily, isa));
        }

        Register(kernels, new Dot8Conv<DotLanesScalar, int, EpilogueScalar>());
        Register(kernels, new Dot8Conv<DotLanes128, Vector128<int>, EpilogueScalar>());
        Register(kernels, new Dot8Conv<DotLanes256, Vector256<int>, Epilogue256>());
        Register(kernels, new Dot8Conv<DotLanes512, Vector512<int>, Epilogue512>());
        Register(kernels, new DepthwiseConv<DotLanesScalar, int, EpilogueScalar>());
        Register(kernels, new DepthwiseConv<DotLanes128, Vector128<int>, EpilogueScalar>());
        Register(kernels, new DepthwiseConv<DotLanes256, Vector256<int>, Epilogue256>());
        Register(kernels, new DepthwiseConv<DotLanes512, Vector512<int>, Epilogue512>());
        return kernels;
    }

    // A body that serves every pair of widths; the range proof decides inside it how far sums stay in 16 bits.
    private static void Register(Dictionary<KernelKey, IntegerConvKernel> kernels, IntegerConvKernel kernel)
    {
        for (int w = 1; w <= 8; w++)
        {
            for (int a = 1; a <= 8; a++)
            {
                kernels[new KernelKey(kernel.Family, w, a, kernel.Isa)] = kernel;
            }
        }
    }

    private static KernelEntry[] List()
    {
        var entries = new List<KernelEntry>();
        foreach (string family in (string[])[ConvFamily, DepthwiseFamily])
        {
            foreach (Isa isa in Enum.GetValues<Isa>())
            {
                for (int w = 1; w <= 8; w++)
                {
                    for (int a = 1; a <= 8; a++)
                    {
                        var key = new KernelKey(family, w, a, isa);
                        entries.Add(new KernelEntry(key, s_kernels[key]));
                    }
                }
            }
        }

        return [.. entries];
    }
}
