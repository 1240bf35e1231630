using System.Text.Json;
using System.Text.Json.Serialization;
using LowBit.Methods.GradFreeBits;

namespace LowBit.Methods.Recipes;

/// <summary>The serializers of search recipes and of their state, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true, NewLine = "\n",
    ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(SearchRecipe))]
[JsonSerializable(typeof(RoundState))]
internal sealed partial class SearchJson : JsonSerializerContext;
