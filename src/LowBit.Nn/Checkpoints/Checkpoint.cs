using LowBit.Kernels.Devices;
using LowBit.Nn.Models;
using LowBit.Nn.Optimisation;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using LowBit.Quantization;
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
    /// Copies the weights and statistics that model and checkpoint both have, by name, and the state of each quantizer that the checkpoint's model has in the same form
    /// (<see cref="Quantizer.StateMismatch"/>): how a quantized model starts from its float twin, or goes on with a model of other bits or another method. A checkpoint
    /// without a recipe gives the state of those quantizers of which it holds every tensor. The other quantizers stay as they are, new ones to find their steps from the
    /// first batch.
    /// </summary>
    /// <param name="model">The model that starts.</param>
    /// <returns>What was not taken over.</returns>
    /// <exception cref="ArgumentException">A weight or statistic has another shape, or not one name fits; the model is unchanged.</exception>
    public InitialState InitializeModel(Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var found = new List<NamedTensor>();
        var missing = new List<string>();
        var anew = new List<(string Path, string Why)>();
        HashSet<string> left = LeftOut(model, anew);
        foreach (NamedTensor tensor in StateOf(model))
        {
            if (left.Contains(tensor.Name))
            {
                continue;
            }

            if (Tensors.TryGetValue(ModelPrefix + tensor.Name, out CheckpointTensor? saved))
            {
                CheckShape(tensor, saved);
                found.Add(tensor);
            }
            else
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

        return new InitialState(missing, anew);
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
        optimiser.CompleteState();
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

    // The tensors of quantizers whose state is not taken over; those that begin anew although the checkpoint's model has quantizers are told of.
    private HashSet<string> LeftOut(Module model, List<(string Path, string Why)> anew)
    {
        using Module? from = Recipe?.Quantization is not null && Data is not null ? ModelFactory.Build(model.Device, Recipe, Data, Position?.Stage) : null;
        Dictionary<string, Quantizer>? known = from?.Quantizers().ToDictionary(q => q.Path, q => q.Quantizer, StringComparer.Ordinal);
        var left = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string path, Quantizer quantizer) in model.Quantizers())
        {
            List<NamedTensor> state = [.. quantizer.SaveState().Select(s => new NamedTensor($"{path}.{s.Name}", s.Tensor))];
            int held = state.Count(tensor => Tensors.GetValueOrDefault(ModelPrefix + tensor.Name)?.Shape == tensor.Tensor.Shape);
            string? why = known switch
            {
                null => null,
                _ when known.TryGetValue(path, out Quantizer? other) => quantizer.StateMismatch(other),
                _ => "not there",
            };
            why ??= held == state.Count ? null : "not all of its state is there";
            if (why is null)
            {
                continue;
            }

            left.UnionWith(state.Select(tensor => tensor.Name));
            if (!quantizer.IsInitialized && (known is not null || held > 0))
            {
                anew.Add((path, why));
            }
        }

        return left;
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
