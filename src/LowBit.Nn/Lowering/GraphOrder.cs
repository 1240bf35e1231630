using LowBit.Nn.Lowering.Graph;

namespace LowBit.Nn.Lowering;

/// <summary>Brings the collected steps into an order in which each runs after those it reads from, and drops what nobody reads.</summary>
internal static class GraphOrder
{
    /// <summary>The steps that the logits need, producers first; otherwise in the order in which they were collected.</summary>
    /// <exception cref="LoweringException">A view of a sum needs another view of it through further steps.</exception>
    public static List<GraphStep> Sort(IReadOnlyList<GraphStep> steps, CodeTensor logits)
    {
        var producers = new Dictionary<CodeTensor, GraphStep>();
        foreach (GraphStep step in steps)
        {
            foreach (CodeTensor output in step.Outputs)
            {
                producers.Add(output, step);
            }
        }

        HashSet<CodeTensor> needed = Prune(steps, producers, logits);
        var done = new HashSet<GraphStep>();
        var path = new List<GraphStep>();
        var sorted = new List<GraphStep>();
        foreach (GraphStep step in steps)
        {
            foreach (CodeTensor output in step.Outputs)
            {
                if (needed.Contains(output))
                {
                    Visit(step, producers, done, path, sorted);
                    break;
                }
            }
        }

        return sorted;
    }

    private static HashSet<CodeTensor> Prune(IReadOnlyList<GraphStep> steps, Dictionary<CodeTensor, GraphStep> producers, CodeTensor logits)
    {
        var needed = new HashSet<CodeTensor> { logits };
        var open = new Stack<CodeTensor>();
        open.Push(logits);
        while (open.TryPop(out CodeTensor? tensor))
        {
            if (!producers.TryGetValue(tensor, out GraphStep? step))
            {
                continue;
            }

            foreach (CodeTensor input in step is SumStep sum ? InputsOf(sum, tensor) : step.Inputs)
            {
                if (needed.Add(input))
                {
                    open.Push(input);
                }
            }
        }

        foreach (GraphStep step in steps)
        {
            (step as SumStep)?.Views.RemoveAll(view => !needed.Contains(view.Output));
        }

        return needed;
    }

    // A view that nobody reads must not keep its residual alive.
    private static IEnumerable<CodeTensor> InputsOf(SumStep sum, CodeTensor output)
    {
        yield return sum.Input;
        foreach (SumView view in sum.Views)
        {
            if (ReferenceEquals(view.Output, output) && view.Residual is not null)
            {
                yield return view.Residual;
            }
        }
    }

    // Depth is the length of the network: recursion is safe for every model that fits memory.
    private static void Visit(
        GraphStep step, Dictionary<CodeTensor, GraphStep> producers, HashSet<GraphStep> done, List<GraphStep> path, List<GraphStep> sorted)
    {
        RequireNoCycle(step, path);
        if (!done.Add(step))
        {
            return;
        }

        path.Add(step);
        foreach (CodeTensor input in step.Inputs)
        {
            // A view may add what an earlier view of the same sum has written.
            if (producers.TryGetValue(input, out GraphStep? producer) && !ReferenceEquals(producer, step))
            {
                Visit(producer, producers, done, path, sorted);
            }
        }

        path.RemoveAt(path.Count - 1);
        sorted.Add(step);
    }

    // All views of a sum are computed where the sum is. Only sums get outputs after others have read them, so every cycle has one with several.
    private static void RequireNoCycle(GraphStep step, List<GraphStep> path)
    {
        int first = path.IndexOf(step);
        if (first >= 0)
        {
            int sum = path.FindIndex(first, static other => other is SumStep { Views.Count: > 1 });
            throw new LoweringException(
                path[sum].Name, "a quantizer of its output adds codes that were computed from another quantizer of it; put the two views on separate layers");
        }
    }
}
