using LowBit.Kernels.Devices;
using LowBit.Nn.Models;
using LowBit.Nn.Optimisation;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using LowBit.Tensors;

namespace LowBit.Nn.Checkpoints;

/// <summary>
/// All state of a training run at one step boundary: weights, running statistics, quantizers, optimiser, position in the
/// data, and the recipe, so that the file alone rebuilds the model. Random numbers need no state: they are a function of
/// seed, epoch and batch.
/// </summary>
public sealed class Checkpoint
{
    internal const string ModelPrefix = "model/";
    internal const string OptimiserPrefix = "optimiser/";

    /// <summary>Creates a checkpoint from its parts.</summary>
    /// <param name="tensors">By name: <c>model/…</c> and <c>optimiser/…</c>.</param>
    public Checkpoint(IReadOnlyDictionary<string, CheckpointTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        Tensors = tensors;
    }

    /// <summary>The tensors by name: <c>model/conv1.weight</c>, <c>optimiser/momentum/conv1.weight</c>.</summary>
    public IReadOnlyDictionary<string, CheckpointTensor> Tensors { get; }

    /// <summary>The recipe of the run, or null when the model was made by code.</summary>
    public Recipe? Recipe { get; init; }

    /// <summary>What the model needs to know about the data, or null when the model was made by code.</summary>
    public DataFacts? Data { get; init; }

    /// <summary>Where training stood, or null.</summary>
    public TrainingPosition? Position { get; init; }

    /// <summary>Optimiser steps taken.</summary>
    public long OptimiserSteps { get; init; }

    /// <summary><see cref="Training.Teacher.Fingerprint"/> of the run's teacher, or null without one.</summary>
    public string? Teacher { get; init; }

    /// <summary>Copies the state of a model and, if given, of its optimiser.</summary>
    /// <param name="model">The model.</param>
    /// <param name="optimiser">The optimiser, or null.</param>
    /// <returns>A checkpoint that shares no memory with them; recipe, data and position are null and may be set by <c>with</c>-like construction.</returns>
    public static IReadOnlyDictionary<string, CheckpointTensor> Capture(Module model, Optimiser? optimiser = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var tensors = new Dictionary<string, CheckpointTensor>();
        foreach (NamedTensor tensor in StateOf(model))
        {
            tensors.Add(ModelPrefix + tensor.Name, new CheckpointTensor(tensor.Tensor.Shape, tensor.Tensor.ToArray()));
        }

        foreach (NamedTensor tensor in optimiser?.State() ?? [])
        {
            tensors.Add(OptimiserPrefix + tensor.Name, new CheckpointTensor(tensor.Tensor.Shape, tensor.Tensor.ToArray()));
        }

        return tensors;
    }

    /// <summary>Builds the model of the recipe, in progressive lowering with the bits of the checkpoint's stage, and loads the weights.</summary>
    /// <param name="device">Where the tensors live.</param>
    /// <returns>The model, in evaluation mode.</returns>
    /// <exception cref="InvalidOperationException">The checkpoint holds no recipe.</exception>
    /// <exception cref="ArgumentException">The tensors do not fit the recipe's model.</exception>
    public Module BuildModel(Device device)
    {
        if (Recipe is null || Data is null)
        {
            throw new InvalidOperationException("the checkpoint holds no recipe; build the model by code and call LoadModel");
        }

        Module model = ModelFactory.Build(device, Recipe, Data, Position?.Stage);
        try
        {
            LoadModel(model);
        }
        catch
        {
            model.Dispose();
            throw;
        }

        model.Evaluate();
        return model;
    }

    /// <summary>Copies every tensor of the model from the checkpoint.</summary>
    /// <param name="model">A model with the same names and shapes.</param>
    /// <exception cref="ArgumentException">A tensor is missing or has another shape; the model is unchanged.</exception>
    public void LoadModel(Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        List<NamedTensor> state = StateOf(model);
        foreach (NamedTensor tensor in state)
        {
            CheckpointTensor? saved = Tensors.GetValueOrDefault(ModelPrefix + tensor.Name);
            if (saved is null)
            {
                throw new ArgumentException($"the checkpoint has no '{tensor.Name}'; it belongs to another model or other bits, use it as 'init' instead");
            }

            CheckShape(tensor, saved);
        }

        foreach (NamedTensor tensor in state)
        {
            tensor.Tensor.CopyFrom(Tensors[ModelPrefix + tensor.Name].Data);
        }
    }

    /// <summary>
    /// Copies the tensors that model and checkpoint both have, by name: how a quantized model starts from its float twin.
    /// Quantizer state that the checkpoint lacks stays as it is, to be found from the first batch.
    /// </summary>
    /// <param name="model">The model that starts.</param>
    /// <returns>The names of weights and statistics that the checkpoint lacks; quantizer state is not listed.</returns>
    /// <exception cref="ArgumentException">A tensor has another shape, or not one name fits; the model is unchanged.</exception>
    public IReadOnlyList<string> InitializeModel(Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var found = new List<NamedTensor>();
        var missing = new List<string>();
        HashSet<string> quantizers = QuantizerNames(model);
        foreach (NamedTensor tensor in StateOf(model))
        {
            if (Tensors.TryGetValue(ModelPrefix + tensor.Name, out CheckpointTensor? saved))
            {
                CheckShape(tensor, saved);
                found.Add(tensor);
            }
            else if (!quantizers.Contains(tensor.Name))
            {
                missing.Add(tensor.Name);
            }
        }

        if (found.Count == 0)
        {
            throw new ArgumentException($"the checkpoint and {model} have no tensor name in common; it belongs to another architecture");
        }

        foreach (NamedTensor tensor in found)
        {
            tensor.Tensor.CopyFrom(Tensors[ModelPrefix + tensor.Name].Data);
        }

        return missing;
    }

    /// <summary>Copies the optimiser's state.</summary>
    /// <param name="optimiser">An optimiser of the same kind over the same parameters.</param>
    /// <exception cref="ArgumentException">A tensor names no state of this optimiser or has another shape.</exception>
    public void LoadOptimiser(Optimiser optimiser)
    {
        ArgumentNullException.ThrowIfNull(optimiser);
        foreach ((string name, CheckpointTensor saved) in Tensors)
        {
            if (!name.StartsWith(OptimiserPrefix, StringComparison.Ordinal))
            {
                continue;
            }

            string slot = name[OptimiserPrefix.Length..];
            Tensor state = optimiser.StateFor(slot)
                ?? throw new ArgumentException($"the checkpoint has optimiser state '{slot}' that {optimiser.GetType().Name} does not know; resume with the recipe it was made with");
            CheckShape(new NamedTensor(slot, state), saved);
            state.CopyFrom(saved.Data);
        }

        optimiser.Steps = OptimiserSteps;
    }

    /// <summary>Everything of a model that a checkpoint holds: parameters, then buffers.</summary>
    internal static List<NamedTensor> StateOf(Module model)
    {
        var list = new List<NamedTensor>();
        foreach (Parameter parameter in model.Parameters())
        {
            list.Add(new NamedTensor(parameter.Name, parameter.Tensor));
        }

        list.AddRange(model.Buffers());
        return list;
    }

    private static HashSet<string> QuantizerNames(Module model)
    {
        var names = new HashSet<string>();
        foreach ((string path, Quantization.Quantizer quantizer) in model.Quantizers())
        {
            foreach ((string name, _) in quantizer.SaveState())
            {
                names.Add($"{path}.{name}");
            }
        }

        return names;
    }

    private static void CheckShape(in NamedTensor tensor, CheckpointTensor saved)
    {
        if (tensor.Tensor.Shape != saved.Shape)
        {
            throw new ArgumentException(
                $"'{tensor.Name}' has shape {tensor.Tensor.Shape} in the model and {saved.Shape} in the checkpoint; it belongs to another model");
        }
    }
}
