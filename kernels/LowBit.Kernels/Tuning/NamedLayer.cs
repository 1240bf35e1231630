using System.Globalization;
using LowBit.Kernels.Devices;

namespace LowBit.Kernels.Tuning;

/// <summary>A layer of a shape list, widths apart.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its sizes, the batch included.</param>
public sealed record NamedLayer(string Name, ConvShape Shape)
{
    private const int Fields = 10;

    /// <summary>Reads a list: one layer a line, a name and nine numbers (batch, height, width, in, out, kernel, stride, padding, groups); <c>#</c> starts a comment.</summary>
    /// <param name="text">The list.</param>
    /// <param name="source">What messages call it.</param>
    /// <exception cref="FormatException">A line is not a layer.</exception>
    public static IReadOnlyList<NamedLayer> Read(TextReader text, string source)
    {
        ArgumentNullException.ThrowIfNull(text);
        var layers = new List<NamedLayer>();
        int number = 0;
        while (text.ReadLine() is { } line)
        {
            number++;
            string[] parts = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length > 0)
            {
                layers.Add(new NamedLayer(parts[0], Parse(parts, source, number)));
            }
        }

        return layers;
    }

    private static ConvShape Parse(string[] parts, string source, int number)
    {
        if (parts.Length != Fields)
        {
            throw new FormatException($"{source}, line {number}: a layer has a name and {Fields - 1} numbers, found {parts.Length} fields");
        }

        var n = new int[Fields];
        for (int i = 1; i < Fields; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out n[i]))
            {
                throw new FormatException($"{source}, line {number}: '{parts[i]}' is not a number");
            }
        }

        var shape = new ConvShape(n[1], n[2], n[3], n[4], n[5], n[6], n[6], n[7], n[8], n[9]);
        try
        {
            shape.Validate();
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"{source}, line {number}: {e.Message}", e);
        }

        return shape;
    }
}
