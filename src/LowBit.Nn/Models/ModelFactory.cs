using LowBit.Kernels.Devices;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;

namespace LowBit.Nn.Models;

/// <summary>Builds the models that recipes name.</summary>
public static class ModelFactory
{
    /// <summary>Builds and initialises the model of a recipe.</summary>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="recipe">Architecture, bits and seed.</param>
    /// <param name="data">Sizes, classes, normalisation.</param>
    /// <exception cref="ArgumentException">The recipe or the facts are outside their range, or do not fit each other.</exception>
    public static Module Build(Device device, Recipe recipe, DataFacts data)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(data);
        recipe.Validate();
        data.Validate();
        var options = new ModelOptions
        {
            Classes = data.Classes,
            Height = data.Height,
            Width = data.Width,
            Channels = data.Channels,
            Normalization = data.Normalization(),
            Quantization = recipe.Quantization?.ToPolicy(),
            Seed = recipe.Training.Seed,
        };
        ModelSection model = recipe.Model;
        return model.Kind switch
        {
            "mlp" => new Mlp(device, options, model.Hidden),
            "lenet5" => new LeNet5(device, options, model.Width == 0 ? 32 : model.Width),
            "vgg7" => new Vgg7(device, options, model.Width == 0 ? 128 : model.Width),
            "resnet" => new ResNetCifar(device, options, model.Depth, model.Shortcut == "B", model.Width == 0 ? 16 : model.Width),
            _ => throw new ArgumentException($"there is no model '{model.Kind}'; use mlp, lenet5, vgg7 or resnet", nameof(recipe)),
        };
    }
}
