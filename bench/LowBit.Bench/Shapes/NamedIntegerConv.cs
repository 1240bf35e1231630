using LowBit.Kernels.Devices;

namespace LowBit.Bench.Shapes;

/// <summary>An integer convolution of a shape list, with the bits of its codes.</summary>
public sealed record NamedIntegerConv(string Name, ConvShape Shape, int WeightBits, int ActivationBits)
{
    public static IEnumerable<NamedIntegerConv> Read(string list)
    {
        foreach (string[] parts in ShapeFile.Read(list, NamedConv.Fields + 2))
        {
            yield return new NamedIntegerConv(parts[0], NamedConv.Parse(parts), int.Parse(parts[^2]), int.Parse(parts[^1]));
        }
    }

    public override string ToString() => Name;
}
