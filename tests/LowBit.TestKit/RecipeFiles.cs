namespace LowBit.TestKit;

/// <summary>The recipes that come with the project.</summary>
public static class RecipeFiles
{
    private const string SearchPrefix = "gradfreebits-";

    /// <summary>Paths of the recipes of <c>lowbit train</c>, by name.</summary>
    public static IEnumerable<string> Training() => All().Where(static path => !IsSearch(path));

    /// <summary>Paths of the recipes of <c>lowbit search</c>, by name.</summary>
    public static IEnumerable<string> Search() => All().Where(IsSearch);

    private static IEnumerable<string> All() => Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "recipes"), "*.json").Order(StringComparer.Ordinal);

    private static bool IsSearch(string path) => Path.GetFileName(path).StartsWith(SearchPrefix, StringComparison.Ordinal);
}
