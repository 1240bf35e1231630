using LowBit.Kernels.Tuning;

namespace LowBit.Cli.Loading;

/// <summary>The layers that kernels are measured on.</summary>
internal static class LayerLists
{
    private const string BuiltIn = "kernels.txt";

    /// <summary>The layers of a file, or the built-in ones (<c>bench/shapes/kernels.txt</c>) for null.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A line is not a layer, or there is none.</exception>
    public static IReadOnlyList<NamedLayer> Read(string? path)
    {
        if (path is not null && !File.Exists(path))
        {
            throw new FileNotFoundException($"there is no file {path}; name a shape list, for example bench/shapes/kernels.txt");
        }

        using Stream stream = path is null ? typeof(LayerLists).Assembly.GetManifestResourceStream(BuiltIn)! : File.OpenRead(path);
        using var reader = new StreamReader(stream);
        try
        {
            IReadOnlyList<NamedLayer> layers = NamedLayer.Read(reader, path ?? BuiltIn);
            return layers.Count > 0 ? layers : throw new InvalidDataException($"{path} holds no layer");
        }
        catch (FormatException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }
}
