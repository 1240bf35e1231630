using System.Runtime.Intrinsics;
using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels.Bitplane;
using LowBit.Kernels.IntegerKernels.Depthwise;
using LowBit.Kernels.IntegerKernels.Dot8;
using LowBit.Kernels.IntegerKernels.Epilogues;
using LowBit.Kernels.IntegerKernels.Gemv;
using LowBit.Kernels.IntegerKernels.Lut;
using LowBit.Kernels.IntegerKernels.References;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>
/// The only place that binds keys to bodies. It starts with the reference under every pair of widths; each family then adds a body for the pairs it
/// serves, and the cheapest one computes a layer. It lists what this CPU cannot run too. Tests, benchmarks and <c>docs/kernels.md</c> enumerate it.
/// </summary>
public static class KernelRegistry
{
    /// <summary>The oracle's family; every convolution, on every CPU.</summary>
    public const string ReferenceFamily = "reference";

    /// <summary>Byte products summed in 16 bits as far as the proof allows; any groups, and linear layers.</summary>
    public const string Dot8Family = "dot8";

    /// <summary>dot8 with AVX-VNNI's four-product instruction, which needs no widening.</summary>
    public const string VnniFamily = "vnni";

    /// <summary>dot8 with ARM's four-product instruction, for activations of up to seven bits.</summary>
    public const string DotProdFamily = "dotprod";

    /// <summary>Look-ups in tables of partial sums: weights of one or two bits, activations of one to four.</summary>
    public const string LutFamily = "lut";

    /// <summary>Look-ups in constant tables, for layers of many outputs: a vector is the outputs of one pixel.</summary>
    public const string WideLutFamily = "widelut";

    /// <summary>Bits of weights and activations counted by carry-save adders: one to four bits each.</summary>
    public const string BitplaneFamily = "bitplane";

    /// <summary>Convolutions that take each channel alone.</summary>
    public const string DepthwiseFamily = "depthwise";

    /// <summary>Linear layers of few rows: weights packed in as few bits as they have, one stream read forward.</summary>
    public const string GemvFamily = "gemv";

    /// <summary>The oracle of every convolution.</summary>
    public static IntegerConvKernel Reference { get; } = new ReferenceConv();

    /// <summary>All bodies, one entry each whatever pairs they serve: family by family, plainest instruction set first.</summary>
    public static IReadOnlyList<IntegerConvKernel> Kernels { get; } = Build();

    private static readonly Dictionary<KernelKey, IntegerConvKernel> s_byKey = Bind();

    /// <summary>All entries, by family, instruction set, weight bits and activation bits.</summary>
    public static IReadOnlyList<KernelEntry> Entries { get; } = List();

    /// <summary>The kernel of one key.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public static IntegerConvKernel Get(KernelKey key) => s_byKey.TryGetValue(key, out IntegerConvKernel? kernel)
        ? kernel
        : throw new KeyNotFoundException($"there is no kernel {key}");

    /// <summary>The kernels that can compute a layer on this CPU, none above <paramref name="limit"/> or <see cref="CpuFeatures.Best"/>; never empty.</summary>
    /// <param name="shape">Sizes of the layer.</param>
    /// <param name="proof">Its range proof, which gives the bits.</param>
    /// <param name="limit">The widest instruction set to use.</param>
    public static IReadOnlyList<IntegerConvKernel> Candidates(in ConvShape shape, RangeProof proof, Isa limit)
    {
        ArgumentNullException.ThrowIfNull(proof);
        Isa best = limit < CpuFeatures.Best ? limit : CpuFeatures.Best;
        var found = new List<IntegerConvKernel>();
        foreach (IntegerConvKernel kernel in Kernels)
        {
            if (kernel.Isa <= best && kernel.IsSupported && kernel.Serves(proof.WeightBits, proof.ActivationBits) && kernel.Handles(shape, proof))
            {
                found.Add(kernel);
            }
        }

        return found;
    }

    /// <summary>The kernel for a layer by the static cost model: the candidate with the smallest <see cref="IntegerConvKernel.EstimateCycles"/>.</summary>
    /// <param name="shape">Sizes of the layer, the batch included: few pixels want other kernels than many.</param>
    /// <param name="proof">Its range proof, which gives the bits.</param>
    /// <param name="limit">The widest instruction set to use.</param>
    public static IntegerConvKernel Find(in ConvShape shape, RangeProof proof, Isa limit)
    {
        IntegerConvKernel best = Reference;
        double least = double.PositiveInfinity;
        foreach (IntegerConvKernel kernel in Candidates(shape, proof, limit))
        {
            double cycles = kernel.EstimateCycles(shape, proof);
            if (cycles < least)
            {
                best = kernel;
                least = cycles;
            }
        }

        return best;
    }

    private static IntegerConvKernel[] Build() =>
    [
        Reference,
        new Dot8Conv<DotLanesScalar, int, EpilogueScalar>(),
        new Dot8Conv<DotLanes128, Vector128<int>, EpilogueScalar>(),
        new Dot8Conv<DotLanes256, Vector256<int>, Epilogue256>(),
        new Dot8Conv<DotLanes512, Vector512<int>, Epilogue512>(),
        new Dot8Conv<DotLanesDotProd, Vector128<int>, EpilogueScalar>(),
        new Dot8Conv<DotLanesVnni, Vector256<int>, Epilogue256>(),
        new DepthwiseConv<DotLanesScalar, int, EpilogueScalar>(),
        new DepthwiseConv<DotLanes128, Vector128<int>, EpilogueScalar>(),
        new DepthwiseConv<DotLanes256, Vector256<int>, Epilogue256>(),
        new DepthwiseConv<DotLanes512, Vector512<int>, Epilogue512>(),
        new GemvProductConv<GemvLanes128, Vector128<byte>, EpilogueScalar>(),
        new GemvTableConv<GemvLanes128, Vector128<byte>, EpilogueScalar, TwoBits>(),
        new GemvTableConv<GemvLanes128, Vector128<byte>, EpilogueScalar, OneBit>(),
        new GemvProductConv<GemvLanes256, Vector256<byte>, Epilogue256>(),
        new GemvTableConv<GemvLanes256, Vector256<byte>, Epilogue256, TwoBits>(),
        new GemvTableConv<GemvLanes256, Vector256<byte>, Epilogue256, OneBit>(),
        new GemvProductConv<GemvLanes512, Vector512<byte>, Epilogue512>(),
        new GemvTableConv<GemvLanes512, Vector512<byte>, Epilogue512, TwoBits>(),
        new GemvTableConv<GemvLanes512, Vector512<byte>, Epilogue512, OneBit>(),
        new LutConv<LutLanes128, Vector128<byte>, EpilogueScalar, NarrowForm>(),
        new LutConv<LutLanes256, Vector256<byte>, Epilogue256, NarrowForm>(),
        new LutConv<LutLanes512, Vector512<byte>, Epilogue512, NarrowForm>(),
        new LutConv<LutLanes256, Vector256<byte>, Epilogue256, WideForm>(),
        new LutConv<LutLanes512, Vector512<byte>, Epilogue512, WideForm>(),
        new BitplaneConv<BitLanes128, Vector128<byte>, EpilogueScalar>(),
        new BitplaneConv<BitLanes256, Vector256<byte>, Epilogue256>(),
        new BitplaneConv<BitLanes512, Vector512<byte>, Epilogue512>(),
    ];

    // One body serves many pairs of widths; the range proof decides inside it how its sums are formed.
    private static Dictionary<KernelKey, IntegerConvKernel> Bind()
    {
        var kernels = new Dictionary<KernelKey, IntegerConvKernel>();
        foreach (IntegerConvKernel kernel in Kernels)
        {
            for (int w = 1; w <= 8; w++)
            {
                for (int a = 1; a <= 8; a++)
                {
                    if (kernel.Serves(w, a))
                    {
                        kernels.Add(new KernelKey(kernel.Family, w, a, kernel.Isa), kernel);
                    }
                }
            }
        }

        return kernels;
    }

    private static KernelEntry[] List()
    {
        var entries = new List<KernelEntry>();
        foreach ((KernelKey key, IntegerConvKernel kernel) in s_byKey)
        {
            entries.Add(new KernelEntry(key, kernel));
        }

        return [.. entries];
    }
}
