using LowBit.Kernels.Devices;
using LowBit.Nn.Layers;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using LowBit.Tensors;

namespace LowBit.Nn.Models;

/// <summary>Sizes of the layers of an architecture, found by running one image through it.</summary>
public static class LayerShapes
{
    /// <summary>The sizes of every convolution and linear layer, by path, for one image.</summary>
    /// <param name="device">Where to run the image.</param>
    /// <param name="model">The architecture.</param>
    /// <param name="data">Sizes of the image and number of classes.</param>
    /// <returns>Paths in the order in which the layers run; a linear layer is a 1×1 convolution over <c>[1, 1, 1, in]</c>.</returns>
    /// <exception cref="ArgumentException">The architecture does not fit the image.</exception>
    public static IReadOnlyDictionary<string, ConvShape> Of(Device device, ModelSection model, DataFacts data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var shapes = new Dictionary<string, ConvShape>();
        using Module network = ModelFactory.Build(device, new Recipe { Name = nameof(LayerShapes), Model = model }, data);
        foreach ((string path, Module module) in network.Modules())
        {
            module.Probe = module switch
            {
                Conv2d convolution => (x, _) => shapes.Add(path, ShapeOf(convolution.Options, x.Shape)),
                Linear => (x, y) => shapes.Add(path, new ConvShape(1, 1, 1, x.Shape[1], y.Shape[1], 1, 1, 1, 0, 1)),
                _ => null,
            };
        }

        network.Evaluate();
        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            network.Forward(Tensor.Zeros(device, 1, data.Height, data.Width, data.Channels));
        }

        return shapes;
    }

    private static ConvShape ShapeOf(in ConvOptions options, Shape input)
        => new(1, input[1], input[2], options.InChannels, options.OutChannels, options.Kernel, options.Kernel, options.Stride, options.Padding, options.Groups);
}
