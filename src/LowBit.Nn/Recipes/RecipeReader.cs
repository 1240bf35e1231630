using LowBit.Kernels.Files;

namespace LowBit.Nn.Recipes;

/// <summary>Reads recipes: JSON with comments and trailing commas; an unknown key is an error that names the nearest known one.</summary>
public static class RecipeReader
{
    private static readonly SettingsReader<Recipe> s_reader = new(
        RecipeJson.Default.Recipe, "recipe", "see docs/recipes.md for what the key expects", static recipe => recipe.Validate());

    /// <summary>Reads a recipe file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">Settings in the form <c>key=value</c>, for example <c>optimizer.learningRate=0.05</c>, applied in order.</param>
    /// <exception cref="LowBitFormatException">The file is no recipe; the message says where and why.</exception>
    /// <exception cref="ArgumentException">An override is malformed, names no key, or has a wrong value.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Recipe Load(string path, params IReadOnlyList<string> overrides) => s_reader.Load(path, overrides);

    /// <summary>Reads a recipe from text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Name of the text for messages, usually the path.</param>
    /// <param name="overrides">Settings in the form <c>key=value</c>, applied in order.</param>
    /// <exception cref="LowBitFormatException">The text is no recipe.</exception>
    /// <exception cref="ArgumentException">An override is malformed, names no key, or has a wrong value.</exception>
    public static Recipe Parse(string json, string source, params IReadOnlyList<string> overrides) => s_reader.Parse(json, source, overrides);
}
