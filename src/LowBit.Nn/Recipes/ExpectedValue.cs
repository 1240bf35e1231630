using System.Text.Json.Serialization.Metadata;

namespace LowBit.Nn.Recipes;

/// <summary>Says in words what a key of JSON settings takes, for messages about a value of another kind.</summary>
internal static class ExpectedValue
{
    /// <summary>What the key takes, for example <c>a whole number</c> or <c>Linear or Exponential</c>; null where the types do not say it.</summary>
    /// <param name="root">Serializer of the settings.</param>
    /// <param name="path">The key as a JSON path without its root, for example <c>quantization.layers[0].weightBits</c>.</param>
    public static string? Of(JsonTypeInfo root, string path)
    {
        JsonTypeInfo? at = root;
        Type? type = root.Type;
        foreach (string part in path.Split('.'))
        {
            int bracket = part.IndexOf('[', StringComparison.Ordinal);
            string name = bracket < 0 ? part : part[..bracket];
            JsonPropertyInfo? property = at?.Properties.FirstOrDefault(known => known.Name == name);
            if (property is null || property.CustomConverter is not null)
            {
                return null;
            }

            type = bracket < 0 ? property.PropertyType : property.PropertyType.GetElementType();
            at = type is null ? null : root.OriginatingResolver?.GetTypeInfo(type, root.Options);
        }

        return type is null ? null : Words(type);
    }

    private static string? Words(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Words(inner) is { } words ? $"{words}, or null" : null;
        }

        if (type.IsEnum)
        {
            string[] names = Enum.GetNames(type);
            return names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} or {names[^1]}";
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.Int32 or TypeCode.Int64 or TypeCode.UInt64 => "a whole number",
            TypeCode.Single or TypeCode.Double => "a number",
            TypeCode.Boolean => "true or false",
            TypeCode.String => "text",
            _ when type.IsArray => "a list, [ … ]",
            TypeCode.Object => "an object, { … }",
            _ => null,
        };
    }
}
