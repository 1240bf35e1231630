using LowBit.Kernels.Devices;

namespace LowBit.Bench.Shapes;

/// <summary>A convolution of a shape list.</summary>
public sealed record NamedConv(string Name, ConvShape Shape)
{
    internal const int Fields = 10;

    public static IEnumerable<NamedConv> Read(string list)
    {
        foreach (string[] parts in ShapeFile.Read(list, Fields))
        {
            yield return new NamedConv(parts[0], Parse(parts));
        }
    }

    public override string ToString() => Name;

    internal static ConvShape Parse(string[] parts)
    {
        var n = new int[Fields];
        for (int i = 1; i < Fields; i++)
        {
            n[i] = int.Parse(parts[i]);
        }

        var shape = new ConvShape(n[1], n[2], n[3], n[4], n[5], n[6], n[6], n[7], n[8], n[9]);
        shape.Validate();
        return shape;
    }
}
