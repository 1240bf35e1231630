using LowBit.Kernels.Tuning;

namespace LowBit.Bench.Shapes;

/// <summary>Reads the shape lists of <c>bench/shapes</c>: one shape a line, a name and numbers or words; <c>#</c> starts a comment.</summary>
internal static class ShapeFile
{
    /// <summary>True when there is a list of that name.</summary>
    /// <param name="name">A list next to the program (<c>conv</c>), or the path of a file.</param>
    public static bool Exists(string name) => File.Exists(PathOf(name));

    /// <summary>The fields of every line of a list.</summary>
    /// <param name="name">A list next to the program (<c>conv</c>), or the path of a file.</param>
    /// <param name="fields">Fields a line must have.</param>
    public static IEnumerable<string[]> Read(string name, int fields)
    {
        string path = PathOf(name);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"there is no shape list '{name}': give a file, or conv, gemm or intconv", path);
        }

        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            string text = line.Split('#')[0].Trim();
            if (text.Length == 0)
            {
                continue;
            }

            string[] parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != fields)
            {
                throw new FormatException($"{path}, line {number}: {fields} fields are needed, found {parts.Length}");
            }

            yield return parts;
        }
    }

    /// <summary>The layers of a list of layers.</summary>
    /// <param name="name">A list next to the program (<c>conv</c>), or the path of a file.</param>
    public static IEnumerable<NamedLayer> Layers(string name) => Read(name, NamedLayer.Fields).Select(parts => NamedLayer.Parse(parts, name));

    private static string PathOf(string name) => File.Exists(name) ? name : Path.Combine(AppContext.BaseDirectory, "shapes", name + ".txt");
}
