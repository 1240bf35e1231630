using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;
using LowBit.Kernels.Tuning;

namespace LowBit.Bench.Shapes;

/// <summary>An integer convolution of a shape list, with the bits of its codes.</summary>
public sealed record NamedIntegerConv(string Name, ConvShape Shape, int WeightBits, int ActivationBits)
{
    public static IEnumerable<NamedIntegerConv> Read(string list)
    {
        foreach (string[] parts in ShapeFile.Read(list, NamedLayer.Fields + 2))
        {
            yield return new NamedIntegerConv(parts[0], NamedLayer.Parse(parts.AsSpan(0, NamedLayer.Fields), list).Shape, int.Parse(parts[^2]), int.Parse(parts[^1]));
        }
    }

    /// <summary>Operands and the kernel that the registry chooses.</summary>
    public KernelTrial Trial(WorkerPool pool, Isa isa)
    {
        RangeProof proof = RangeProof.Create(WeightBits, (1 << ActivationBits) - 1, Shape.ReductionLength);
        return new KernelTrial(Shape, proof, KernelRegistry.Find(Shape, proof, isa), pool);
    }

    public override string ToString() => Name;
}
