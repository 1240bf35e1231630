namespace LowBit.Methods.Allocation;

/// <summary>Costs of allocations of one space.</summary>
/// <param name="space">The space.</param>
/// <param name="latency">Times of its layers; null to leave them out.</param>
public sealed class CostModel(BitSpace space, LatencyTable? latency = null)
{
    /// <summary>The space.</summary>
    public BitSpace Space => space;

    /// <summary>Times of the layers, or null.</summary>
    public LatencyTable? Latency => latency;

    /// <summary>Costs of one allocation.</summary>
    /// <param name="allocation">Of the space.</param>
    public AllocationCost Of(BitAllocation allocation) => Sum(slot => (slot.WeightBits(allocation), slot.InputBits(allocation)));

    /// <summary>
    /// What the model costs with the same bits for the weights of all layers that have a variable, and the same for their inputs. The widths need not be among those of the space; times of
    /// others were not measured, and the milliseconds are then NaN.
    /// </summary>
    /// <param name="weightBits">1 to 8.</param>
    /// <param name="activationBits">1 to 8.</param>
    public AllocationCost OfUniform(int weightBits, int activationBits)
        => Sum(slot => (slot.Weights < 0 ? slot.FixedWeightBits : weightBits, slot.Input < 0 ? slot.FixedInputBits : activationBits));

    private AllocationCost Sum(Func<LayerSlot, (int Weights, int Input)> bits)
    {
        double bytes = 0, activations = 0, operations = 0, milliseconds = latency is null ? double.NaN : 0;
        for (int l = 0; l < space.Layers.Count; l++)
        {
            LayerSlot slot = space.Layers[l];
            (int weights, int input) = bits(slot);
            bytes += slot.Shape.WeightLength * (long)weights / 8.0;
            activations += slot.OwnInputLength * (long)input / 8.0;
            operations += slot.MultiplyAdds * (double)(weights * input);
            if (latency is not null)
            {
                milliseconds += latency.Milliseconds(l, weights, input);
            }
        }

        return new AllocationCost(bytes, activations, operations, milliseconds);
    }
}
