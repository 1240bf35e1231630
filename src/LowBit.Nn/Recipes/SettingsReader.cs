using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using LowBit.Kernels.Files;

namespace LowBit.Nn.Recipes;

/// <summary>Reads settings that are one JSON object: comments and trailing commas are allowed, an unknown key is an error that names the nearest known one.</summary>
/// <typeparam name="T">The settings.</typeparam>
public sealed class SettingsReader<T>
    where T : class
{
    private const int LargestFile = 1 << 20;

    private static readonly JsonDocumentOptions s_options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 };

    private readonly JsonTypeInfo<T> _root;
    private readonly string _noun;
    private readonly string _help;
    private readonly Action<T> _validate;

    /// <summary>Creates a reader.</summary>
    /// <param name="root">Serializer of the settings, with those of their parts.</param>
    /// <param name="noun">What the settings are called in messages.</param>
    /// <param name="help">Where a value of the wrong kind is explained, for the end of a sentence.</param>
    /// <param name="validate">Throws an <see cref="ArgumentException"/> for the first value outside its range.</param>
    public SettingsReader(JsonTypeInfo<T> root, string noun, string help, Action<T> validate) => (_root, _noun, _help, _validate) = (root, noun, help, validate);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">Settings in the form <c>key=value</c>, applied in order.</param>
    /// <exception cref="LowBitFormatException">The file does not hold the settings; the message says where and why.</exception>
    /// <exception cref="ArgumentException">An override is malformed, names no key, or has a wrong value.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public T Load(string path, IReadOnlyList<string> overrides)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        long length = new FileInfo(path).Length;
        if (length > LargestFile)
        {
            throw new LowBitFormatException(path, "length", 0, $"a {_noun} has at most {LargestFile} bytes, this file has {length}");
        }

        return Parse(File.ReadAllText(path), path, overrides);
    }

    /// <summary>Reads text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Name of the text for messages, usually the path.</param>
    /// <param name="overrides">Settings in the form <c>key=value</c>, applied in order.</param>
    /// <exception cref="LowBitFormatException">The text does not hold the settings.</exception>
    /// <exception cref="ArgumentException">An override is malformed, names no key, or has a wrong value.</exception>
    public T Parse(string json, string source, IReadOnlyList<string> overrides)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(overrides);
        JsonObject root = Root(json, source);

        // The file is judged on its own first, so that its mistakes are not blamed on an override.
        T settings = Checked(root, (field, message) => new LowBitFormatException(source, field, -1, message));
        if (overrides.Count == 0)
        {
            return settings;
        }

        foreach (string setting in overrides)
        {
            Apply(root, setting);
        }

        // A setting may bring whole objects, whose keys nobody has looked at yet.
        if (UnknownKey(root, _root, "") is { } sentence)
        {
            throw new ArgumentException($"after --set {string.Join(" --set ", overrides)}: {sentence}");
        }

        return Checked(root, (field, message) => new ArgumentException($"after --set {string.Join(" --set ", overrides)}: {field}: {message}"));
    }

    private JsonObject Root(string json, string source)
    {
        try
        {
            JsonObject root = JsonNode.Parse(json, documentOptions: s_options) as JsonObject
                ?? throw new LowBitFormatException(source, _noun, 0, $"a {_noun} is one JSON object, {{ … }}");
            return UnknownKey(root, _root, "") is { } sentence ? throw new LowBitFormatException(source, _noun, -1, sentence) : root;
        }
        catch (JsonException e)
        {
            throw new LowBitFormatException(source, $"line {e.LineNumber + 1}", -1, $"not JSON: {FirstSentence(e.Message)}", e);
        }
        catch (ArgumentException e)
        {
            // JsonObject throws this, when it is first read, for a key that occurs twice.
            throw new LowBitFormatException(source, _noun, -1, $"a key occurs twice: {e.Message}", e);
        }
    }

    private T Checked(JsonObject root, Func<string, string, Exception> error)
    {
        try
        {
            T settings = root.Deserialize(_root)!;
            _validate(settings);
            return settings;
        }
        catch (JsonException e)
        {
            string? path = e.Path?.TrimStart('$', '.');
            string expected = path is not null && ExpectedValue.Of(_root, path) is { } words ? $", it takes {words}" : "";
            throw error(path ?? _noun, $"the value has the wrong kind{expected}; {_help}");
        }
        catch (ArgumentException e)
        {
            throw error(_noun, e.Message);
        }
    }

    private string? UnknownKey(JsonObject node, JsonTypeInfo type, string path)
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

    private JsonTypeInfo? Section(Type? type)
        => type is not null && _root.OriginatingResolver?.GetTypeInfo(type, _root.Options) is { Kind: JsonTypeInfoKind.Object } info ? info : null;

    private void Apply(JsonObject root, string setting)
    {
        int at = setting.IndexOf('=', StringComparison.Ordinal);
        if (at < 1)
        {
            throw new ArgumentException($"'{setting}' is no setting; write key=value, for example optimizer.learningRate=0.05");
        }

        string[] parts = setting[..at].Split('.');
        JsonObject node = root;
        JsonTypeInfo type = _root;
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
