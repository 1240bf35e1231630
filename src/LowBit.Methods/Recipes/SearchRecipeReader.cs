using LowBit.Kernels.Files;
using LowBit.Nn.Recipes;

namespace LowBit.Methods.Recipes;

/// <summary>Reads search recipes: JSON with comments and trailing commas; an unknown key is an error that names the nearest known one.</summary>
public static class SearchRecipeReader
{
    private static readonly SettingsReader<SearchRecipe> s_reader = new(
        SearchJson.Default.SearchRecipe, "search recipe", "see docs/gradfreebits.md for what the key expects", static recipe => recipe.Validate());

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">Settings in the form <c>key=value</c>, for example <c>cma.generations=10</c>, applied in order.</param>
    /// <exception cref="LowBitFormatException">The file is no search recipe; the message says where and why.</exception>
    /// <exception cref="ArgumentException">An override is malformed, names no key, or has a wrong value.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SearchRecipe Load(string path, params IReadOnlyList<string> overrides) => s_reader.Load(path, overrides);

    /// <summary>Reads text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Name of the text for messages, usually the path.</param>
    /// <param name="overrides">Settings in the form <c>key=value</c>, applied in order.</param>
    /// <exception cref="LowBitFormatException">The text is no search recipe.</exception>
    /// <exception cref="ArgumentException">An override is malformed, names no key, or has a wrong value.</exception>
    public static SearchRecipe Parse(string json, string source, params IReadOnlyList<string> overrides) => s_reader.Parse(json, source, overrides);
}
