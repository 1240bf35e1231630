using LowBit.Kernels.Devices;

namespace LowBit.Bench.Shapes;

/// <summary>A matrix product of a shape list.</summary>
public sealed record NamedGemm(string Name, GemmShape Shape)
{
    public static IEnumerable<NamedGemm> Read(string list)
    {
        foreach (string[] p in ShapeFile.Read(list, 6))
        {
            yield return new NamedGemm(p[0], new GemmShape(int.Parse(p[1]), int.Parse(p[2]), int.Parse(p[3]), p[4] == "yes", p[5] == "yes"));
        }
    }

    public override string ToString() => Name;
}
