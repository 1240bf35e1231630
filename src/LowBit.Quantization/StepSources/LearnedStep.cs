using LowBit.Kernels.Devices;
using LowBit.Tensors;

namespace LowBit.Quantization.StepSources;

/// <summary>The step is itself the learned parameter (LSQ, arXiv:1902.08153); negative values left by an optimiser become their magnitude.</summary>
public sealed class LearnedStep : StepSource
{
    /// <summary>Creates the parameter.</summary>
    /// <param name="device">Where it lives.</param>
    /// <param name="channels">Number of steps.</param>
    public LearnedStep(Device device, int channels)
        : base(device, channels)
    {
        Step.RequiresGradient = true;
        Step.Name = "step";
    }

    /// <inheritdoc/>
    public override Tensor? Learned => Step;

    /// <inheritdoc/>
    public override string? LearnedName => "step";

    /// <inheritdoc/>
    public override void Start(ReadOnlySpan<float> steps) => Step.CopyFrom(steps);

    /// <inheritdoc/>
    public override void Refresh(string name) => MakePositive(Step, name);
}
