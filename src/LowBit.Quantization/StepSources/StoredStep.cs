using LowBit.Kernels.Devices;
using LowBit.Tensors;

namespace LowBit.Quantization.StepSources;

/// <summary>A step that data gave and no optimiser changes: calibrated activations, weights whose step follows the weights.</summary>
public sealed class StoredStep : StepSource
{
    /// <summary>Creates the steps.</summary>
    /// <param name="device">Where they live.</param>
    /// <param name="channels">Number of steps.</param>
    public StoredStep(Device device, int channels)
        : base(device, channels)
    {
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Tensor)> Buffers() => [("step", Step)];

    /// <inheritdoc/>
    public override void Start(ReadOnlySpan<float> steps) => Step.CopyFrom(steps);
}
