using LowBit.Nn.Lowering.Graph;
using LowBit.Runtime.Models;

namespace LowBit.Nn.Lowering;

/// <summary>Closes a real edge with an output grid and finds the fixed-point rule of each channel.</summary>
internal static class ViewBuilder
{
    // Bits that logits keep below the scale of the coarsest channel.
    private const int LogitFractionBits = 8;

    public static SumView Codes(string path, CodeTensor output, LoweredEdge input, QuantizerGrid grid)
    {
        int low = input.Low is { } realLow ? Math.Max(grid.Low, Clamped(realLow, grid)) : grid.Low;
        int high = input.High is { } realHigh ? Math.Min(grid.High, Clamped(realHigh, grid)) : grid.High;
        (float offset, float step) = grid.Intake;
        double[] beta = offset == 0 ? input.Beta! : Array.ConvertAll(input.Beta!, b => b - offset);
        var view = new SumView(output, input.Alpha!, beta, input.Residual, low, Math.Max(low, high)) { Scale = step };
        view.Rules = Rules(path, input.Sum!, view);
        return view;
    }

    public static SumView Logits(string path, string name, LoweredEdge input)
    {
        SumStep sum = input.Sum!;
        double largest = 0;
        foreach (double alpha in input.Alpha!)
        {
            largest = Math.Max(largest, Math.Abs(alpha));
        }

        // Every channel zero: any scale is right.
        double scale = largest > 0 ? Math.ScaleB(largest, -LogitFractionBits) : 1;
        while (!LogitsFit(sum, input, scale))
        {
            scale *= 2;
            if (!double.IsFinite(scale))
            {
                throw new LoweringException(path, "its logits are not finite; the model was trained too far or its file is damaged");
            }
        }

        var output = new CodeTensor(name, input.Height, input.Width, input.Channels, new CodeGrid(IntegerEdge.LogitBits, 1, 0));
        var view = new SumView(output, input.Alpha!, input.Beta!, null, int.MinValue, int.MaxValue) { Scale = scale };
        view.Rules = Rules(path, sum, view);
        return view;
    }

    private static bool LogitsFit(SumStep sum, LoweredEdge input, double scale)
    {
        for (int c = 0; c < sum.Channels; c++)
        {
            double bound = ((double)sum.Magnitude(c) * sum.InputMagnitude * Math.Abs(input.Alpha![c])) + Math.Abs(input.Beta![c]);
            if (!(bound / scale < int.MaxValue))
            {
                return false;
            }
        }

        return true;
    }

    private static int Clamped(float real, QuantizerGrid grid) => grid.Code(real);

    private static FixedPointRule[] Rules(string path, SumStep sum, SumView view)
    {
        var rules = new FixedPointRule[sum.Channels];
        int inputZero = sum.Input.Grid.Zero;
        CodeGrid? residual = view.Residual?.Grid;
        for (int c = 0; c < rules.Length; c++)
        {
            double scale = view.Alpha[c] / view.Scale;
            double residualScale = residual is { } r ? r.Step / view.Scale : 0;
            double offset = (view.Beta[c] / view.Scale) + (view.IsLogits ? 0 : view.Output.Grid.Zero);
            rules[c] = FixedPointRule.Create(scale, residualScale, offset, inputZero * sum.Magnitude(c), residual?.Zero ?? 0)
                ?? throw new LoweringException(
                    path,
                    $"channel {c} needs {scale:G6} output codes per unit and the offset {offset:G6}, which no 31-bit multiplier holds; the step {view.Scale:G6} has collapsed or the model was trained too far");
        }

        return rules;
    }
}
