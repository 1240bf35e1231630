using LowBit.Nn.Lowering.Graph;
using LowBit.Runtime.Models;
using LowBit.Tensors;

namespace LowBit.Nn.Lowering;

/// <summary>Turns a trained, quantized model into an integer model.</summary>
public static class ModelLowering
{
    /// <summary>Evaluates the modules symbolically, folds what has no cost, and freezes codes, multipliers and offsets.</summary>
    /// <param name="model">The trained model; its modules are read, not changed.</param>
    /// <param name="options">Size of the image, names, notes.</param>
    /// <exception cref="LoweringException">A layer has no integer form or exceeds its range proof; the message names it and what to do.</exception>
    /// <exception cref="ArgumentException">The options are outside their range.</exception>
    public static LoweringResult Lower(Module model, LoweringOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Channels, 1);
        var context = new LoweringContext(options.Height, options.Width, options.Channels);
        LoweredEdge logits;
        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            logits = context.Logits(model.Lower(context, new LoweredEdge(context.Image)));
        }

        List<GraphStep> steps = GraphOrder.Sort(context.Steps, logits.Codes!);
        return new LoweringResult(Emit(context, steps, options), Report(context, steps), context.Image, steps);
    }

    private static IntegerModel Emit(LoweringContext context, List<GraphStep> steps, LoweringOptions options)
    {
        try
        {
            return ModelEmitter.Emit(options.Name, context.Image, steps, options.ClassNames, options.Properties);
        }
        catch (ArgumentException error)
        {
            throw new LoweringException(options.Name, $"the integer model is not valid: {error.Message}", error);
        }
    }

    private static FoldReport Report(LoweringContext context, List<GraphStep> steps)
    {
        SumStep? first = null, last = null;
        var residuals = new SortedSet<int>();
        foreach (GraphStep step in steps)
        {
            if (step is SumStep { Weights: not null } layer)
            {
                first ??= layer;
                last = layer;
            }

            foreach (SumView view in (step as SumStep)?.Views ?? [])
            {
                if (view.Residual is not null)
                {
                    residuals.Add(view.Residual.Grid.Bits);
                }
            }
        }

        return new FoldReport(
            context.Entries, first?.Weights!.Bits ?? 0, first?.Input.Grid.Bits ?? 0, last?.Weights!.Bits ?? 0, last?.Input.Grid.Bits ?? 0, [.. residuals]);
    }
}
