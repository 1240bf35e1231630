using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LowBit.Methods.Recipes;

/// <summary>A limit of a budget in JSON: text such as <c>"w3a3"</c>, or a number with or without quotes. Written as text.</summary>
internal sealed class LimitConverter : JsonConverter<string?>
{
    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => reader.GetDouble().ToString("R", CultureInfo.InvariantCulture),
        _ => throw new JsonException(),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value);
    }
}
