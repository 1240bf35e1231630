using System.Text.Json;
using System.Text.Json.Serialization;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Training;

namespace LowBit.Nn.Recipes;

/// <summary>The serializers of recipes, checkpoint headers and metrics, generated at compile time: no reflection at run time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true, NewLine = "\n",
    ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Recipe))]
[JsonSerializable(typeof(CheckpointHeader))]
[JsonSerializable(typeof(EpochMetrics))]
[JsonSerializable(typeof(RunRecord))]
internal sealed partial class RecipeJson : JsonSerializerContext;
