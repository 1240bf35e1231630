using LowBit.Nn.Layers;

namespace LowBit.Nn.Recipes;

/// <summary>
/// The <c>distillation</c> part of a recipe: the loss is <c>(1 − w)·cross-entropy + w·T²·KL(teacher ‖ model)</c> over softmax(logits/T).
/// Hinton et al. 2015, arXiv:1503.02531, section 2.
/// </summary>
public sealed record DistillationSection
{
    /// <summary>The teacher: a checkpoint (<c>.lbc</c>), or PyTorch's weights (<c>.safetensors</c>) of <see cref="Model"/>; relative to the current folder.</summary>
    public string Teacher { get; set; } = "";

    /// <summary>Architecture of a <c>.safetensors</c> teacher; null for a checkpoint, which holds its own.</summary>
    public ModelSection? Model { get; set; }

    /// <summary>Mean of each channel, 0 to 1, that a <c>.safetensors</c> teacher's images were normalised by; null for the run's own.</summary>
    public float[]? Mean { get; set; }

    /// <summary>Deviation of each channel that a <c>.safetensors</c> teacher's images were normalised by; null for the run's own.</summary>
    public float[]? Deviation { get; set; }

    /// <summary>T, above 0: how soft the targets are.</summary>
    public double Temperature { get; set; } = 4;

    /// <summary>w, above 0 and at most 1: share of the teacher in the loss; the labels have the rest.</summary>
    public double Weight { get; set; } = 0.9;

    /// <summary>True when the teacher is a file of PyTorch's weights.</summary>
    public bool IsForeign() => Teacher.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase);

    internal void Validate()
    {
        Demand.Text("distillation.teacher", Teacher);
        Demand.Positive("distillation.temperature", Temperature);
        if (!(Weight > 0 && Weight <= 1))
        {
            throw new ArgumentException($"distillation.weight is {Weight}; it must be above 0 and at most 1, leave 'distillation' out to learn from the labels alone");
        }

        if (IsForeign() != Model is not null)
        {
            throw new ArgumentException(IsForeign()
                ? "distillation.model is missing; a .safetensors teacher says nothing about its architecture, give its kind and sizes as under 'model'"
                : "distillation.model is only for a .safetensors teacher; a checkpoint holds its own architecture, leave the key out");
        }

        if ((Mean is null) != (Deviation is null) || (Mean is not null && !IsForeign()) || Mean?.Length != Deviation?.Length)
        {
            throw new ArgumentException("distillation.mean and distillation.deviation belong together, one number for each channel, and to a .safetensors teacher; a checkpoint holds its own");
        }

        if (Mean is not null)
        {
            try
            {
                _ = new InputNormalization(Mean, Deviation!);
            }
            catch (ArgumentException e)
            {
                throw new ArgumentException($"distillation.mean and distillation.deviation: {e.Message}", e);
            }
        }

        Model?.Validate("distillation.model");
    }
}
