using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using LowBit.Kernels.Files;

namespace LowBit.Nn.Recipes;

/// <summary>Reads recipes: JSON with comments and trailing commas; an unknown key is an error that names the nearest known one.</summary>
public static class RecipeReader
{
    private const int LargestFile = 1 << 20;

    private static readonly JsonDocumentOptions s_options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 };

    /// <summary>Reads a recipe file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">Settings in the form <c>key=value</c>, for example <c>optimizer.learningRate=0.05</c>, applied in order.</param>
    /// <exception cref="LowBitFormatException">The file is no recipe; the message says where and why.</exception>
    /// <exception cref="ArgumentException">An override is malformed, names no key, or has a wrong value.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Recipe Load(string path, params IReadOnlyList<string> overrides)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        long length = new FileInfo(path).Length;
        if (length > LargestFile)
        {
            throw new LowBitFormatException(path, "length", 0, $"a recipe has at most {LargestFile} bytes, this file has {length}");
        }

        return Parse(File.ReadAllText(path), path, overrides);
    }

    /// <summary>Reads a recipe from text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Name of the text for messages, usually the path.</param>
    /// <param name="overrides">Settings in the form <c>key=value</c>, applied in order.</param>
    /// <exception cref="LowBitFormatException">The text is no recipe.</exception>
    /// <exception cref="ArgumentException">An override is malformed, names no key, or has a wrong value.</exception>
    public static Recipe Parse(string json, string source, params IReadOnlyList<string> overrides)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(overrides);
        JsonObject root = Root(json, source);

        // The file is judged on its own first, so that its mistakes are not blamed on an override.
        Recipe recipe = Checked(root, (field, message) => new LowBitFormatException(source, field, -1, message));
        if (overrides.Count == 0)
        {
            return recipe;
        }

        foreach (string setting in overrides)
        {
            Apply(root, setting);
        }

        // A setting may bring whole objects, whose keys nobody has looked at yet.
        if (UnknownKey(root, RecipeJson.Default.Recipe, "") is { } sentence)
        {
            throw new ArgumentException($"after --set {string.Join(" --set ", overrides)}: {sentence}");
        }

        return Checked(root, (field, message) => new ArgumentException($"after --set {string.Join(" --set ", overrides)}: {field}: {message}"));
    }

    private static JsonObject Root(string json, string source)
    {
        try
        {
            JsonObject root = JsonNode.Parse(json, documentOptions: s_options) as JsonObject
                ?? throw new LowBitFormatException(source, "recipe", 0, "a recipe is one JSON object, { … }");
            return UnknownKey(root, RecipeJson.Default.Recipe, "") is { } sentence ? throw new LowBitFormatException(source, "recipe", -1, sentence) : root;
        }
        catch (JsonException e)
        {
            throw new LowBitFormatException(source, $"line {e.LineNumber + 1}", -1, $"not JSON: {FirstSentence(e.Message)}", e);
        }
        catch (ArgumentException e)
        {
            // JsonObject throws this, when it is first read, for a key that occurs twice.
            throw new LowBitFormatException(source, "recipe", -1, $"a key occurs twice: {e.Message}", e);
        }
    }

    private static Recipe Checked(JsonObject root, Func<string, string, Exception> error)
    {
        try
        {
            Recipe recipe = root.Deserialize(RecipeJson.Default.Recipe)!;
            if (recipe.Data is null || recipe.Model is null || recipe.Optimizer is null || recipe.Schedule is null || recipe.Training is null
                || recipe.Schedule.Milestones is null)
            {
                throw error("recipe", "only 'quantization' and 'distillation' may be null; leave the other parts out to get their defaults");
            }

            recipe.Validate();
            return recipe;
        }
        catch (JsonException e)
        {
            throw error(e.Path?.TrimStart('$', '.') ?? "recipe", "the value has the wrong kind; see docs/recipes.md for what the key expects");
        }
        catch (ArgumentException e)
        {
            throw error("recipe", e.Message);
        }
    }

    private static string? UnknownKey(JsonObject node, JsonTypeInfo type, string path)
    {
        var known = new Dictionary<string, JsonPropertyInfo>();
        foreach (JsonPropertyInfo property in type.Properties)
        {
            known.Add(property.Name, property);
        }

        foreach ((string key, JsonNode? value) in node)
        {
            if (!known.TryGetValue(key, out JsonPropertyInfo? property))
            {
                return $"unknown key '{path}{key}', did you mean '{path}{NearestName.Find(key, [.. known.Keys])}'?";
            }

            if (value is JsonObject inner && Section(property.PropertyType) is { } section && UnknownKey(inner, section, $"{path}{key}.") is { } sentence)
            {
                return sentence;
            }

            JsonTypeInfo? entry = value is JsonArray ? Section(property.PropertyType.GetElementType()) : null;
            for (int i = 0; entry is not null && i < value!.AsArray().Count; i++)
            {
                if (value[i] is JsonObject element && UnknownKey(element, entry, $"{path}{key}[{i}].") is { } inList)
                {
                    return inList;
                }
            }
        }

        return null;
    }

    private static JsonTypeInfo? Section(Type? type)
        => type is not null && RecipeJson.Default.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } info ? info : null;

    private static void Apply(JsonObject root, string setting)
    {
        int at = setting.IndexOf('=', StringComparison.Ordinal);
        if (at < 1)
        {
            throw new ArgumentException($"'{setting}' is no setting; write key=value, for example optimizer.learningRate=0.05");
        }

        string[] parts = setting[..at].Split('.');
        JsonObject node = root;
        JsonTypeInfo type = RecipeJson.Default.Recipe;
        for (int i = 0; i < parts.Length; i++)
        {
            JsonPropertyInfo property = Property(type, parts, i);
            if (i == parts.Length - 1)
            {
                node[property.Name] = Value(setting[(at + 1)..], property.PropertyType == typeof(string));
                return;
            }

            type = Section(property.PropertyType) ?? throw new ArgumentException($"'{string.Join('.', parts[..(i + 1)])}' has no keys inside; set it itself");
            if (node[property.Name] is not JsonObject inner)
            {
                inner = [];
                node[property.Name] = inner;
            }

            node = inner;
        }
    }

    private static JsonPropertyInfo Property(JsonTypeInfo type, string[] parts, int at)
    {
        var names = new List<string>();
        foreach (JsonPropertyInfo property in type.Properties)
        {
            if (property.Name == parts[at])
            {
                return property;
            }

            names.Add(property.Name);
        }

        string prefix = at == 0 ? "" : $"{string.Join('.', parts[..at])}.";
        throw new ArgumentException($"unknown key '{prefix}{parts[at]}', did you mean '{prefix}{NearestName.Find(parts[at], [.. names])}'?");
    }

    // Numbers, true, false, null, lists and objects as JSON; anything else, and every value of a text key but null, is text.
    private static JsonNode? Value(string text, bool isText)
    {
        if (isText)
        {
            return text == "null" ? null : JsonValue.Create(text);
        }

        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static string FirstSentence(string message)
    {
        int at = message.IndexOf(". ", StringComparison.Ordinal);
        return at < 0 ? message : message[..at];
    }
}
