using System.Globalization;
using LowBit.Kernels.Devices;

namespace LowBit.Kernels.Tuning;

/// <summary>A layer of a shape list, widths apart.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its sizes, the batch included.</param>
public sealed record NamedLayer(string Name, ConvShape Shape)
{
    /// <summary>Fields of a line.</summary>
    public const int Fields = 10;

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
                layers.Add(Parse(parts, $"{source}, line {number}"));
            }
        }

        return layers;
    }

    /// <summary>Reads the fields of one line.</summary>
    /// <param name="fields">A name and nine numbers.</param>
    /// <param name="place">What messages call the line.</param>
    /// <exception cref="FormatException">They are not a layer.</exception>
    public static NamedLayer Parse(ReadOnlySpan<string> fields, string place)
    {
        if (fields.Length != Fields)
        {
            throw new FormatException($"{place}: a layer has a name and {Fields - 1} numbers, found {fields.Length} fields");
        }

        Span<int> n = stackalloc int[Fields];
        for (int i = 1; i < Fields; i++)
        {
            if (!int.TryParse(fields[i], NumberStyles.None, CultureInfo.InvariantCulture, out n[i]))
            {
                throw new FormatException($"{place}: '{fields[i]}' is not a number");
            }
        }

        var shape = new ConvShape(n[1], n[2], n[3], n[4], n[5], n[6], n[6], n[7], n[8], n[9]);
        try
        {
            shape.Validate();
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"{place}: {e.Message}", e);
        }

        return new NamedLayer(fields[0], shape);
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
