using LowBit.Nn.Checkpoints;
using LowBit.Quantization;

namespace LowBit.Nn.Models;

/// <summary>From a model whose quantizers have several widths to one that has the selected widths alone.</summary>
public static class Specialization
{
    /// <summary>Copies weights, norms, running statistics and quantizers, so that <paramref name="plain"/> computes what <paramref name="switchable"/> computes at its selected bits.</summary>
    /// <param name="switchable">A model built with <see cref="QuantizationPolicy.Widths"/>.</param>
    /// <param name="plain">
    /// The same architecture with ordinary quantizers of those bits: built with <see cref="QuantizationPolicy.Layers"/> in place of the widths.
    /// </param>
    /// <exception cref="ArgumentException">The models differ in architecture, bits or methods; <paramref name="plain"/> is unchanged.</exception>
    public static void Copy(Module switchable, Module plain)
    {
        ArgumentNullException.ThrowIfNull(switchable);
        ArgumentNullException.ThrowIfNull(plain);
        CheckQuantizers(switchable, plain);
        Dictionary<string, float[]> values = Checkpoint.StateOf(switchable).ToDictionary(tensor => tensor.Name, tensor => tensor.Tensor.ToArray(), StringComparer.Ordinal);
        foreach ((string path, Quantizer quantizer) in switchable.Quantizers())
        {
            foreach ((string name, float[] value) in quantizer.Specialize())
            {
                values[$"{path}.{name}"] = value;
            }
        }

        List<NamedTensor> targets = Checkpoint.StateOf(plain);
        foreach (NamedTensor target in targets)
        {
            if (!values.TryGetValue(target.Name, out float[]? value) || value.Length != target.Tensor.Length)
            {
                throw new ArgumentException(
                    $"'{target.Name}' has {target.Tensor.Length} values in the plain model and {value?.Length ?? 0} in the switchable one; build both from the same architecture", nameof(plain));
            }
        }

        foreach (NamedTensor target in targets)
        {
            target.Tensor.CopyFrom(values[target.Name]);
        }
    }

    private static void CheckQuantizers(Module switchable, Module plain)
    {
        Dictionary<string, Quantizer> sources = switchable.Quantizers().ToDictionary(q => q.Path, q => q.Quantizer, StringComparer.Ordinal);
        foreach ((string path, Quantizer quantizer) in plain.Quantizers())
        {
            if (!sources.Remove(path, out Quantizer? source) || quantizer.Widths.Count > 1 || (quantizer.Kind, quantizer.Range) != (source.Kind, source.Range))
            {
                throw new ArgumentException(
                    $"quantizer '{path}' is {quantizer} in the plain model and {source?.ToString() ?? "missing"} in the switchable one; name the selected bits of every layer in quantization.layers and leave the widths out",
                    nameof(plain));
            }
        }

        if (sources.Count > 0)
        {
            throw new ArgumentException(
                $"the plain model has no quantizer '{sources.Keys.First()}'; name a layer in quantization.layers, so that shortcuts have quantizers of their own", nameof(plain));
        }
    }
}
