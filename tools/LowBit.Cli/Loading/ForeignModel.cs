using System.Globalization;
using LowBit.Cli.Hosting;
using LowBit.Interchange.Safetensors;
using LowBit.Interchange.StateDicts;
using LowBit.Nn;
using LowBit.Nn.Models;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;

namespace LowBit.Cli.Loading;

/// <summary>Float models whose weights were trained elsewhere and saved as PyTorch state dictionaries.</summary>
internal static class ForeignModel
{
    private static readonly string[] s_names = ["resnet20", "resnet32", "resnet44", "resnet56", "resnet110"];

    /// <summary>Builds an architecture by name and loads a file into it.</summary>
    public static Module Load(CommandContext context, string path, string? name, DataFacts facts)
    {
        if (name is null)
        {
            throw new UsageException($"a .safetensors file says nothing about its architecture; name it with --model, one of {string.Join(", ", s_names)}");
        }

        if (!s_names.Contains(name, StringComparer.Ordinal))
        {
            throw new UsageException($"--model is '{name}'; did you mean '{NearestName.Find(name, s_names)}'?");
        }

        var recipe = new Recipe
        {
            Name = name,
            Model = new ModelSection { Kind = "resnet", Depth = int.Parse(name.AsSpan("resnet".Length), CultureInfo.InvariantCulture), Shortcut = "A" },
        };
        Module model = ModelFactory.Build(context.Device, recipe, facts);
        try
        {
            LoadWeights(context, model, path);
            model.Evaluate();
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Loads a file into a model that is built already.</summary>
    public static void LoadWeights(CommandContext context, Module model, string path)
    {
        using SafetensorsReader file = SafetensorsReader.Open(path);
        foreach (string left in StateDict.Load(model, file))
        {
            context.Log($"note: {path} also holds '{left}', which the model does not have");
        }
    }
}
