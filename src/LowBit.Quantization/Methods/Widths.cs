using LowBit.Quantization.StepRules;
using LowBit.Quantization.StepSources;

namespace LowBit.Quantization.Methods;

/// <summary>From options to the parts of every width they name.</summary>
internal static class Widths
{
    /// <summary>The parts of a quantizer.</summary>
    /// <param name="options">Bits, widths and the form of their clipping levels.</param>
    /// <param name="partsOf">The parts of an ordinary quantizer; its source learns one number per channel from which the step follows.</param>
    public static QuantizerWidths Of(QuantizerOptions options, Func<QuantizerOptions, QuantizerParts> partsOf)
    {
        if (!Enum.IsDefined(options.Clipping))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Clipping, $"there is no clipping form {options.Clipping}; use Table, Function or Shared");
        }

        _ = new BitWidth(options.Bits);
        if (options.Widths.Count == 0)
        {
            return new QuantizerWidths(partsOf(options));
        }

        int[] widths = [.. options.Widths.Order()];
        if (!widths.Contains(options.Bits) || widths.Distinct().Count() != widths.Length)
        {
            throw new ArgumentException(
                $"the widths of a quantizer are different numbers with the one it starts with among them, got {string.Join(", ", options.Widths)} and a start at {options.Bits}; change widths or bits",
                nameof(options));
        }

        // Least squared error, whatever the method's own start: a width is judged against others before it was ever trained, and LSQ's rule is far off where few values are above zero.
        string? init = options.Init ?? (widths.Length > 1 ? MseStep.Kind : null);
        QuantizerParts[] all = Array.ConvertAll(widths, bits => partsOf(options with { Bits = bits, Widths = [], Init = init }));
        return all.Length == 1 || options.Clipping == ClippingForm.Table ? new QuantizerWidths(all, options.Bits) : Curved(options, all);
    }

    private static QuantizerWidths Curved(QuantizerOptions options, QuantizerParts[] all)
    {
        // The middle width, not the starting one: what the curve holds must mean the same in a model that starts with other bits.
        QuantizerParts middle = all[(all.Length - 1) / 2];
        StepSource reference = middle.Steps;
        var curve = new ClipCurve(
            reference.Step.Device, reference.Step.Length, middle.Range.Width.Bits, options.Clipping == ClippingForm.Function, options.ScaleStepGradient);
        QuantizerParts[] curved = Array.ConvertAll(
            all, parts => parts with { Steps = curve.At(parts.Range.Width.Bits, parts.Steps, reference, (parts.Top, middle.Top)) });
        return new QuantizerWidths(curved, options.Bits, curve);
    }
}
