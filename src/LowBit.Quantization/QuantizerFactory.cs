using LowBit.Kernels.Devices;
using LowBit.Quantization.Methods;
using LowBit.Tensors;

namespace LowBit.Quantization;

/// <summary>Builds the quantizers that recipes name.</summary>
public static class QuantizerFactory
{
    /// <summary>The names that <see cref="QuantizerOptions.Method"/> may take.</summary>
    public static IReadOnlyList<string> Methods { get; } =
    [
        Lsq.Kind, Pact.Kind, DoReFa.Kind, Uniform.Kind, LsqPlus.Kind, PactSawb.Kind, Apot.Kind, Ewgs.Kind, Dsq.Kind, Qil.Kind, WeightNorm.Kind,
    ];

    /// <summary>Those that can be switched between widths (<see cref="QuantizerOptions.Widths"/>).</summary>
    public static IReadOnlyList<string> SwitchableMethods { get; } = [Lsq.Kind, WeightNorm.Kind];

    /// <summary>A quantizer for weights.</summary>
    /// <param name="options">Method, bits, per channel or not, grid.</param>
    /// <param name="device">Where the steps live.</param>
    /// <param name="shape">Shape of the weights, <c>[out, …]</c>.</param>
    /// <exception cref="ArgumentException">An option is unknown or outside its range; the sentence says which.</exception>
    public static WeightQuantizer Weight(QuantizerOptions options, Device device, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Rank < 1 || shape.Length == 0)
        {
            throw new ArgumentException($"weights are [out, …] and not empty, got shape {shape}", nameof(shape));
        }

        CheckWidths(options);
        int channels = options.PerChannel ? shape[0] : 1;
        return options.Method switch
        {
            Lsq.Kind => Lsq.Weight(options, device, channels),
            Pact.Kind => Pact.Weight(options, device, channels),
            DoReFa.Kind => DoReFa.Weight(options, device, channels),
            Uniform.Kind => Uniform.Weight(options, device, channels),
            LsqPlus.Kind => LsqPlus.Weight(options, device, channels),
            PactSawb.Kind => PactSawb.Weight(options, device, channels),
            Apot.Kind => Apot.Weight(options, device, channels),
            Ewgs.Kind => Ewgs.Weight(options, device, channels),
            Dsq.Kind => Dsq.Weight(options, device, channels),
            Qil.Kind => Qil.Weight(options, device, channels),
            WeightNorm.Kind => WeightNorm.Weight(options, device, channels),
            _ => throw Unknown(options),
        };
    }

    /// <summary>A quantizer for an edge of the network.</summary>
    /// <param name="options">Method, bits, sign.</param>
    /// <param name="device">Where the step lives.</param>
    /// <exception cref="ArgumentException">An option is unknown or outside its range; the sentence says which.</exception>
    public static ActivationQuantizer Activation(QuantizerOptions options, Device device)
    {
        ArgumentNullException.ThrowIfNull(options);
        CheckWidths(options);
        return options.Method switch
        {
            Lsq.Kind => Lsq.Activation(options, device),
            Pact.Kind => Pact.Activation(options, device),
            DoReFa.Kind => DoReFa.Activation(options, device),
            Uniform.Kind => Uniform.Activation(options, device),
            LsqPlus.Kind => LsqPlus.Activation(options, device),
            PactSawb.Kind => PactSawb.Activation(options, device),
            Apot.Kind => Apot.Activation(options, device),
            Ewgs.Kind => Ewgs.Activation(options, device),
            Dsq.Kind => Dsq.Activation(options, device),
            Qil.Kind => Qil.Activation(options, device),
            WeightNorm.Kind => WeightNorm.Activation(options, device),
            _ => throw Unknown(options),
        };
    }

    private static void CheckWidths(QuantizerOptions options)
    {
        if (options.Widths.Count > 0 && Methods.Contains(options.Method) && !SwitchableMethods.Contains(options.Method))
        {
            throw new ArgumentException(
                $"{options.Method} has one width and cannot be switched between {string.Join(", ", options.Widths)} bits; leave widths out or use {string.Join(" or ", SwitchableMethods)}",
                nameof(options));
        }
    }

    private static ArgumentException Unknown(QuantizerOptions options) =>
        new($"there is no quantization method '{options.Method}'; use {string.Join(", ", Methods)}", nameof(options));
}
