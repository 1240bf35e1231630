using System.Diagnostics;
using System.Globalization;
using LowBit.Cli.Documents;
using LowBit.Cli.Hosting;
using LowBit.Cli.Loading;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Tuning;
using LowBit.Runtime.Files;
using LowBit.Runtime.Models;
using Spectre.Console;

namespace LowBit.Cli.Commands;

/// <summary>doctor --tune: measures the kernels once, so that the planner chooses by time instead of by its model.</summary>
internal static class TuneRun
{
    private static readonly (int Weights, int Activations)[] s_pairs =
        [(8, 8), (7, 8), (5, 8), (4, 8), (4, 4), (3, 3), (2, 8), (2, 4), (2, 2), (1, 8), (1, 2), (1, 1)];

    /// <summary>Measures the layers of a model, or the built-in ones for an empty name, and adds them to this machine's table.</summary>
    public static int Run(CommandContext context, string model)
    {
        string path = CostTable.DefaultPath ?? throw new UsageException($"{CostTable.FileVariable} is 'off'; unset it or name a file");
        List<LayerKey> layers = model.Length > 0 ? OfModel(model) : BuiltIn();
        CostTable table = CostTable.LoadDefault() ?? new CostTable();
        long start = Stopwatch.GetTimestamp();
        int measurements = 0;
        try
        {
            for (int i = 0; i < layers.Count; i++)
            {
                context.Log(string.Create(CultureInfo.InvariantCulture, $"[{i + 1}/{layers.Count}] w{layers[i].WeightBits}a{layers[i].ActivationBits} {layers[i].Shape}"));
                measurements += KernelTuner.Measure(layers[i], table, CpuFeatures.Best, stop: context.Stop);
            }
        }
        catch (OperationCanceledException) when (measurements > 0)
        {
            // Each layer's rows stand for themselves: what was measured is kept.
            table.Save(path);
            throw;
        }

        table.Save(path);
        var document = new TuneDocument(path, layers.Count, measurements, Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 1));
        if (context.IsJson)
        {
            context.WriteJson(document, JsonDocuments.Default.TuneDocument);
        }
        else
        {
            context.Console.Write(new Text(string.Create(
                CultureInfo.InvariantCulture, $"{document.Measurements} measurements of {document.Layers} layers in {document.Seconds:F1} s; kernels are now chosen by {path}\n")));
        }

        return ExitCode.Success;
    }

    private static List<LayerKey> BuiltIn()
    {
        var layers = new List<LayerKey>();
        foreach (NamedLayer layer in LayerLists.Read(null))
        {
            foreach ((int weights, int activations) in s_pairs)
            {
                layers.Add(new LayerKey(layer.Shape, weights, activations));
            }
        }

        return layers;
    }

    private static List<LayerKey> OfModel(string path)
    {
        IntegerModel model = LbqReader.Read(path);
        var layers = new List<LayerKey>();
        foreach (IntegerNode node in model.Nodes)
        {
            if (node is ConvolutionNode convolution)
            {
                LayerKey layer = LayerKey.Of(convolution.Shape with { Batch = 1 }, RangeProof.Create(convolution.Weights, model.Edges[convolution.Input].MaxCode));
                if (!layers.Contains(layer))
                {
                    layers.Add(layer);
                }
            }
        }

        return layers;
    }
}
