using LowBit.Kernels.Devices;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;

namespace LowBit.Cli.Loading;

/// <summary>Training steps of a model in one precision on images of its usual size, without files or data.</summary>
internal sealed class TrainSteps : IDisposable
{
    private readonly TrainingRun _run;

    /// <summary>Builds model and optimiser.</summary>
    /// <param name="device">Where to train.</param>
    /// <param name="model">Architecture.</param>
    /// <param name="quantization">Method and bits; null for float.</param>
    /// <param name="batch">Images of a step.</param>
    public TrainSteps(Device device, ModelSection model, QuantizationSection? quantization, int batch)
    {
        DataFacts facts = Facts(model);
        var recipe = new Recipe { Name = "bench-train", Model = model, Quantization = quantization };
        recipe.Data.Batch = batch;
        recipe.Optimizer.LearningRate = 1e-3;
        _run = TrainingRun.Start(device, recipe, facts, new TrainingSources(new RandomImages(facts, batch), null), null);
        _run.Model.Train();
    }

    /// <summary>One forward pass, backward pass and optimiser step.</summary>
    public void Step() => _run.Trainer.Step(0, 0);

    public void Dispose() => _run.Dispose();

    // CIFAR's size, or MNIST's for the models made for it.
    private static DataFacts Facts(ModelSection model)
    {
        bool isGray = model.Kind is "lenet5" or "mlp";
        int channels = isGray ? 1 : 3;
        return new DataFacts
        {
            Classes = 10,
            Height = isGray ? 28 : 32,
            Width = isGray ? 28 : 32,
            Channels = channels,
            Mean = [.. Enumerable.Repeat(0.5f, channels)],
            Deviation = [.. Enumerable.Repeat(0.25f, channels)],
        };
    }
}
