using System.CommandLine;
using System.Globalization;
using LowBit.Cli.Hosting;
using LowBit.Data.Augmentation;
using LowBit.Data.Sets;
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

    /// <summary>The architecture that a name stands for.</summary>
    public static Recipe RecipeOf(string? name)
    {
        if (name is null)
        {
            throw new UsageException($"a .safetensors file says nothing about its architecture; name it with --model, one of {string.Join(", ", s_names)}");
        }

        if (!s_names.Contains(name, StringComparer.Ordinal))
        {
            throw new UsageException($"--model is '{name}'; did you mean '{NearestName.Find(name, s_names)}'?");
        }

        return new Recipe
        {
            Name = name,
            Model = new ModelSection { Kind = "resnet", Depth = int.Parse(name.AsSpan("resnet".Length), CultureInfo.InvariantCulture), Shortcut = "A" },
        };
    }

    /// <summary>What such a model must know about its data; the normalisation is ImageNet's unless options say otherwise.</summary>
    public static DataFacts FactsOf(CommandContext context, ImageSet set, Option<string?> mean, Option<string?> deviation)
    {
        DataFacts facts = Sources.Facts(set) with
        {
            Mean = Numbers(context, mean, Normalization.ImageNet.Mean),
            Deviation = Numbers(context, deviation, Normalization.ImageNet.Std),
        };
        facts.Validate();
        return facts;
    }

    /// <summary>Builds an architecture by name and loads a file into it.</summary>
    public static Module Load(CommandContext context, string path, string? name, DataFacts facts)
    {
        Recipe recipe = RecipeOf(name);
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

    private static float[] Numbers(CommandContext context, Option<string?> option, float[] otherwise)
    {
        string? text = context.Parse.GetValue(option);
        if (text is null)
        {
            return otherwise;
        }

        string[] parts = text.Split(',');
        var numbers = new float[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!float.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
            {
                throw new UsageException($"{option.Name} is '{text}'; it must be numbers with commas between them, one per channel");
            }
        }

        return numbers;
    }
}
