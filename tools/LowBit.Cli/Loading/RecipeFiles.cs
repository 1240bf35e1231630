using LowBit.Nn.Recipes;

namespace LowBit.Cli.Loading;

/// <summary>Recipes by path, or by their name in recipes/.</summary>
internal static class RecipeFiles
{
    private const string Folder = "recipes";

    /// <summary>The file that a name stands for.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static string Find(string name)
    {
        if (File.Exists(name))
        {
            return name;
        }

        string inFolder = Path.Combine(Folder, name.EndsWith(".json", StringComparison.Ordinal) ? name : name + ".json");
        if (File.Exists(inFolder))
        {
            return inFolder;
        }

        string[] known = Directory.Exists(Folder) ? [.. Directory.GetFiles(Folder, "*.json").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!] : [];
        string hint = known.Length > 0 ? $"; did you mean '{NearestName.Find(Path.GetFileNameWithoutExtension(name), known)}'?" : "; name a JSON file";
        throw new FileNotFoundException($"there is no recipe {name}{hint}");
    }
}
