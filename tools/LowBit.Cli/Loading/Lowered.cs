using LowBit.Cli.Documents;
using LowBit.Cli.Hosting;
using LowBit.Nn;
using LowBit.Nn.Lowering;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using LowBit.Runtime.Models;
using LowBit.Runtime.Planning;

namespace LowBit.Cli.Loading;

/// <summary>Trained models as integer models, and what reports say about them.</summary>
internal static class Lowered
{
    /// <summary>The property of an integer model that names the data set it was trained on.</summary>
    public const string DataProperty = "data";

    /// <summary>Lowers a trained model; it must be quantized.</summary>
    /// <param name="model">The model.</param>
    /// <param name="recipe">Its recipe.</param>
    /// <param name="facts">What it knows about its data.</param>
    /// <param name="stage">Stage of progressive lowering that it belongs to; null for the last.</param>
    public static LoweringResult Lower(Module model, Recipe recipe, DataFacts facts, int? stage = null)
    {
        if (recipe.Quantization is null)
        {
            throw new UsageException($"the model of recipe '{recipe.Name}' is float32 and has no integer form; train it with a 'quantization' part");
        }

        return ModelLowering.Lower(model, new LoweringOptions
        {
            Height = facts.Height,
            Width = facts.Width,
            Channels = facts.Channels,
            Name = recipe.Name,
            ClassNames = facts.ClassNames,
            Properties = new Dictionary<string, string>
            {
                [DataProperty] = recipe.Data.Set,
                ["quantization"] = recipe.Quantization.ToPolicy(stage ?? (recipe.Quantization.CountStages() - 1)).ToString(),
                ["recipe"] = recipe.Hash(),
            },
        });
    }

    /// <summary>The layers with weights, with the kernels that a plan chose.</summary>
    public static List<LayerDocument> Layers(Plan plan)
    {
        var layers = new List<LayerDocument>();
        foreach (NodePlan node in plan.Nodes)
        {
            if (node.Node is ConvolutionNode convolution)
            {
                layers.Add(new LayerDocument(
                    convolution.Name, convolution.Weights.Bits, plan.Model.Edges[convolution.Input].Bits, convolution.Weights.Bytes.Length, node.Kernel));
            }
        }

        return layers;
    }
}
