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
    public static Module Build(Device device, Recipe recipe, DataFacts data) => Build(device, recipe, data, null);

    /// <summary>Builds and initialises the model of a stage of a recipe with progressive lowering.</summary>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="recipe">Architecture, bits and seed.</param>
    /// <param name="data">Sizes, classes, normalisation.</param>
    /// <param name="stage">From 0; null for the last, which is the finished model's.</param>
    /// <exception cref="ArgumentException">The recipe or the facts are outside their range, or do not fit each other.</exception>
    public static Module Build(Device device, Recipe recipe, DataFacts data, int? stage)
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
            Quantization = stage is { } number ? recipe.Quantization?.ToPolicy(number) : recipe.Quantization?.ToPolicy(),
            Seed = recipe.Training.Seed,
        };
        return Build(device, recipe.Model, options);
    }

    /// <summary>Builds and initialises a model.</summary>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="model">Architecture.</param>
    /// <param name="options">Ends, bits and seed.</param>
    /// <exception cref="ArgumentException">A number is outside its range, or the image is too small for the model.</exception>
    public static Module Build(Device device, ModelSection model, ModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        return model.Kind switch
        {
            "mlp" => new Mlp(device, options, model.Hidden),
            "lenet5" => new LeNet5(device, options, model.Width == 0 ? 32 : model.Width),
            "vgg7" => new Vgg7(device, options, model.Width == 0 ? 128 : model.Width),
            "resnet" => new ResNetCifar(device, options, model.Depth, model.Shortcut == "B", model.Width == 0 ? 16 : model.Width),
            "mobilenetv2" => new MobileNetV2(device, options, model.Multiplier),
            _ => throw new ArgumentException($"there is no model '{model.Kind}'; use mlp, lenet5, vgg7, resnet or mobilenetv2", nameof(model)),
        };
    }
}
