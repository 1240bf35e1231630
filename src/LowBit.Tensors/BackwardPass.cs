using LowBit.Kernels.Devices;

namespace LowBit.Tensors;

/// <summary>Reverse-mode differentiation: nodes run in the reverse order of their creation, each output gradient is released as soon as it was used.</summary>
internal static class BackwardPass
{
    public static void Run(Tensor output)
    {
        if (output.Length != 1)
        {
            throw new InvalidOperationException($"Backward needs a single number, this tensor has shape {output.Shape}; reduce it with Sum or Mean first");
        }

        if (output.Producer is null)
        {
            throw new InvalidOperationException(
                $"nothing that led to {output.Describe()} requires a gradient; set RequiresGradient on the parameters and do not compute it under NoGradient");
        }

        List<Node> nodes = Collect(output.Producer);
        DeviceBuffer seed = output.Device.Allocate(sizeof(float));
        output.Device.Fill(1, 1, seed);
        output.Producer.OutputGradient = new GradientSlot(seed);
        try
        {
            foreach (Node node in nodes)
            {
                if (node.OutputGradient is { } slot)
                {
                    node.OutputGradient = null;
                    try
                    {
                        node.Backward(slot.Buffer, new GradientSink(node, slot));
                    }
                    finally
                    {
                        slot.Release();
                    }
                }
            }
        }
        finally
        {
            // Only after an exception is anything left.
            foreach (Node node in nodes)
            {
                node.OutputGradient?.Release();
                node.OutputGradient = null;
            }
        }
    }

    /// <summary>All nodes that led to the last one, youngest first. Iterative, because a graph can be deeper than the stack.</summary>
    private static List<Node> Collect(Node last)
    {
        var nodes = new List<Node> { last };
        var seen = new HashSet<Node> { last };
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (Tensor input in nodes[i].Inputs)
            {
                if (input.Producer is { } producer && seen.Add(producer))
                {
                    nodes.Add(producer);
                }
            }
        }

        nodes.Sort(static (a, b) => b.Order.CompareTo(a.Order));
        return nodes;
    }
}
