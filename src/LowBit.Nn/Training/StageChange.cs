using LowBit.Nn.Checkpoints;
using LowBit.Nn.Optimisation;
using LowBit.Quantization;

namespace LowBit.Nn.Training;

/// <summary>What a model of fewer bits takes over from the one before it in progressive lowering.</summary>
internal static class StageChange
{
    /// <summary>
    /// Weights, statistics and optimiser state of everything that stays; quantizers whose state means something else now
    /// (<see cref="Quantizer.StateMismatch"/>: other bits), and those that are new, are left out, so that they find their steps from the first batch.
    /// Accuracies start anew: the ones so far are another model's.
    /// </summary>
    public static Checkpoint Carry(Module from, Optimiser optimiser, TrainingPosition position, Module to)
    {
        Dictionary<string, Quantizer> before = from.Quantizers().ToDictionary(q => q.Path, q => q.Quantizer, StringComparer.Ordinal);
        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (Parameter parameter in to.Parameters())
        {
            kept.Add(parameter.Name);
        }

        foreach (NamedTensor buffer in to.Buffers())
        {
            kept.Add(buffer.Name);
        }

        foreach ((string path, Quantizer quantizer) in to.Quantizers())
        {
            if (!before.TryGetValue(path, out Quantizer? old) || quantizer.StateMismatch(old) is not null)
            {
                kept.ExceptWith(quantizer.SaveState().Select(state => $"{path}.{state.Name}"));
            }
        }

        // model/conv1.weight, optimiser/momentum/conv1.weight: what follows the last slash is the tensor's name in the model.
        IEnumerable<KeyValuePair<string, CheckpointTensor>> carried
            = Checkpoint.Capture(from, optimiser).Where(tensor => kept.Contains(tensor.Key[(tensor.Key.LastIndexOf('/') + 1)..]));
        return new Checkpoint(new Dictionary<string, CheckpointTensor>(carried))
        {
            Position = position with { Stage = position.Stage + 1, BestAccuracy = -1, BestEpoch = 0 },
            OptimiserSteps = optimiser.Steps,
        };
    }
}
