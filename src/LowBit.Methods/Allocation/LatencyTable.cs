using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Tuning;

namespace LowBit.Methods.Allocation;

/// <summary>
/// Milliseconds of every layer at every pair of widths, for one image on one thread: what the planner's cost table says of the kernel that it would
/// choose. Measured on this machine where <see cref="Measure"/> was asked for, else estimated.
/// </summary>
public sealed class LatencyTable
{
    private readonly double[][] _milliseconds;

    /// <summary>Times of each layer, 64 of a layer: those of w weight and a input bits at 8·(w − 1) + a − 1, NaN where it cannot have them.</summary>
    internal LatencyTable(double[][] milliseconds, bool isMeasured) => (_milliseconds, IsMeasured) = (milliseconds, isMeasured);

    /// <summary>True when every entry was measured on this machine.</summary>
    public bool IsMeasured { get; }

    /// <summary>Reads a cost table, and estimates what it does not hold.</summary>
    /// <param name="space">The layers and their widths.</param>
    /// <param name="costs">Measured costs; may be empty.</param>
    public static LatencyTable Estimate(BitSpace space, CostTable costs)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(costs);
        bool isMeasured = true;
        var milliseconds = new double[space.Layers.Count][];
        for (int l = 0; l < milliseconds.Length; l++)
        {
            LayerSlot slot = space.Layers[l];
            milliseconds[l] = new double[64];
            Array.Fill(milliseconds[l], double.NaN);
            foreach ((int weights, int input) in Pairs(space, slot))
            {
                RangeProof proof = RangeProof.Create(weights, (1 << input) - 1, slot.Shape.ReductionLength);
                KernelChoice choice = costs.Choose(slot.Shape, proof, CpuFeatures.Best);
                milliseconds[l][Index(weights, input)] = choice.Microseconds / 1e3;
                isMeasured &= choice.IsMeasured;
            }
        }

        return new LatencyTable(milliseconds, isMeasured);
    }

    /// <summary>Measures what a cost table does not hold, adds it there, and reads it.</summary>
    /// <param name="space">The layers and their widths.</param>
    /// <param name="costs">Receives what is measured.</param>
    /// <param name="progress">Told which share is done, 0 to 1; or null.</param>
    /// <param name="token">Ends the measurement early.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static LatencyTable Measure(BitSpace space, CostTable costs, IProgress<double>? progress = null, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(costs);
        var keys = new HashSet<LayerKey>();
        foreach (LayerSlot slot in space.Layers)
        {
            foreach ((int weights, int input) in Pairs(space, slot))
            {
                RangeProof proof = RangeProof.Create(weights, (1 << input) - 1, slot.Shape.ReductionLength);
                if (!costs.Choose(slot.Shape, proof, CpuFeatures.Best).IsMeasured)
                {
                    keys.Add(LayerKey.Of(slot.Shape, proof));
                }
            }
        }

        int done = 0;
        foreach (LayerKey key in keys)
        {
            KernelTuner.Measure(key, costs, CpuFeatures.Best, stop: token);
            progress?.Report(++done / (double)keys.Count);
        }

        return Estimate(space, costs);
    }

    /// <summary>Time of a layer; NaN for widths that it cannot have.</summary>
    /// <param name="layer">Its index in <see cref="BitSpace.Layers"/>.</param>
    /// <param name="weightBits">1 to 8.</param>
    /// <param name="inputBits">1 to 8.</param>
    public double Milliseconds(int layer, int weightBits, int inputBits) => _milliseconds[layer][Index(weightBits, inputBits)];

    private static int Index(int weights, int input) => ((weights - 1) * 8) + input - 1;

    private static IEnumerable<(int Weights, int Input)> Pairs(BitSpace space, LayerSlot slot)
    {
        IReadOnlyList<int> weights = slot.Weights < 0 ? [slot.FixedWeightBits] : space.Variables[slot.Weights].Widths;
        IReadOnlyList<int> inputs = slot.Input < 0 ? [slot.FixedInputBits] : space.Variables[slot.Input].Widths;
        return weights.SelectMany(w => inputs.Select(a => (w, a)));
    }
}
