using LowBit.Kernels.Devices;
using LowBit.Quantization;
using LowBit.Quantization.StepRules;
using LowBit.Tensors;

namespace LowBit.Nn.Models;

/// <summary>
/// Which part of a model gets how many bits, and by which method. First and last layers are settings of their own because
/// papers treat them differently; <see cref="ToString"/> shows all of them and every report prints it.
/// </summary>
public sealed record QuantizationPolicy
{
    /// <summary>Name of the quantizers, one of <see cref="QuantizerFactory.Methods"/>.</summary>
    public string Method { get; init; } = "lsq";

    /// <summary>Bits of the weights between the first and the last layer, 1 to 8.</summary>
    public int WeightBits { get; init; } = 4;

    /// <summary>Bits of the activations between the layers, 1 to 8.</summary>
    public int ActivationBits { get; init; } = 4;

    /// <summary>Bits of the first layer's weights, 1 to 8. Its input, the image, always has 8 bits.</summary>
    public int FirstLayerWeightBits { get; init; } = 8;

    /// <summary>Bits of the last layer's weights, 1 to 8.</summary>
    public int LastLayerWeightBits { get; init; } = 8;

    /// <summary>Bits of the last layer's input, 1 to 8.</summary>
    public int LastLayerActivationBits { get; init; } = 8;

    /// <summary>Bits of the residual stream, 1 to 8. Where they differ from <see cref="ActivationBits"/>, a block's input has two views.</summary>
    public int ResidualBits { get; init; } = 8;

    /// <summary>True for one weight step per output channel, false for one per layer.</summary>
    public bool PerChannel { get; init; } = true;

    /// <summary>
    /// Which codes weights take: symmetric around zero, one more code on the negative side, or odd codes without zero. Weights of 8 bits, which have no odd
    /// codes, are then <see cref="WeightGrid.Narrow"/>.
    /// </summary>
    public WeightGrid Grid { get; init; } = WeightGrid.Narrow;

    /// <summary>How the first steps of weights are found, one of <see cref="StepRuleFactory.Names"/>; null for the method's own way, with <see cref="Widths"/> for <c>mse</c>.</summary>
    public string? WeightInit { get; init; }

    /// <summary>How the first steps of activations are found, one of <see cref="StepRuleFactory.Names"/>; null for the method's own way, with <see cref="Widths"/> for <c>mse</c>.</summary>
    public string? ActivationInit { get; init; }

    /// <inheritdoc cref="QuantizerOptions.ClipStart"/>
    /// <remarks>Only with pact, pact-sawb and apot; null for the method's own.</remarks>
    public float? ClipStart { get; init; }

    /// <inheritdoc cref="QuantizerOptions.EwgsDelta"/>
    /// <remarks>Only with ewgs; null for its default.</remarks>
    public float? EwgsDelta { get; init; }

    /// <inheritdoc cref="QuantizerOptions.DsqAlpha"/>
    /// <remarks>Only with dsq; null for its default.</remarks>
    public float? DsqAlpha { get; init; }

    /// <inheritdoc cref="QuantizerOptions.LearnAlpha"/>
    /// <remarks>Only with dsq; null for its default.</remarks>
    public bool? LearnAlpha { get; init; }

    /// <inheritdoc cref="QuantizerOptions.LearnGamma"/>
    /// <remarks>Only with qil; null for its default.</remarks>
    public bool? LearnGamma { get; init; }

    /// <inheritdoc cref="QuantizerOptions.DetachStatistics"/>
    /// <remarks>Only with weightnorm; null for its default.</remarks>
    public bool? DetachStatistics { get; init; }

    /// <inheritdoc cref="QuantizerOptions.MaskWeightGradient"/>
    /// <remarks>Only with weightnorm; null for its default.</remarks>
    public bool? MaskWeightGradient { get; init; }

    /// <summary>
    /// Widths between which the weights of inner layers and the edges that these read can be switched, ascending, <see cref="WeightBits"/> and
    /// <see cref="ActivationBits"/> among them; empty for quantizers of one width. First and last layer, its input, the residual stream and signed shortcuts keep one.
    /// With any, a shortcut never shares a quantizer with a convolution.
    /// </summary>
    public IReadOnlyList<int> Widths { get; init; } = [];

    /// <inheritdoc cref="QuantizerOptions.Clipping"/>
    public ClippingForm Clipping { get; init; } = ClippingForm.Table;

    /// <summary>Bits of single layers, each named once, in place of the settings above; empty for none. With any, a shortcut never shares a quantizer with a convolution.</summary>
    public IReadOnlyList<LayerBits> Layers { get; init; } = [];

    /// <summary>The same bits everywhere between first and last layer, which keep 8. Example: <c>Uniform(4, 4)</c>.</summary>
    /// <param name="weightBits">1 to 8.</param>
    /// <param name="activationBits">1 to 8.</param>
    public static QuantizationPolicy Uniform(int weightBits, int activationBits)
        => new() { WeightBits = weightBits, ActivationBits = activationBits };

    /// <summary>Throws unless every number of bits is 1 to 8, the method has the grids they ask for, and no option belongs to another method.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range; the message names it.</exception>
    public void Validate()
    {
        ReadOnlySpan<(string Name, int Bits)> settings =
        [
            ("weightBits", WeightBits), ("activationBits", ActivationBits), ("firstLayerWeightBits", FirstLayerWeightBits),
            ("lastLayerWeightBits", LastLayerWeightBits), ("lastLayerActivationBits", LastLayerActivationBits), ("residualBits", ResidualBits),
        ];
        foreach ((string name, int bits) in settings)
        {
            RequireBits(name, bits);
        }

        ValidateOptions();
        ValidateStarts();
        ValidateWidths();
        ValidateLayers();
        foreach ((string name, LayerPlace place) in (ReadOnlySpan<(string, LayerPlace)>)
            [("firstLayerWeightBits", LayerPlace.First), ("weightBits", LayerPlace.Inner), ("lastLayerWeightBits", LayerPlace.Last)])
        {
            Try(name, () => QuantizerFactory.Weight(Weights(place), CpuDevice.Shared, new Shape(1, 1)).Dispose());
        }

        Try("activationBits", () => QuantizerFactory.Activation(Activations(ActivationBits), CpuDevice.Shared).Dispose());
        foreach (LayerBits layer in Layers)
        {
            string name = $"layers ('{layer.Layer}')";
            QuantizerOptions weights = Weights(LayerPlace.Inner, layer.WeightBits ?? WeightBits) with { Widths = [] };
            Try(name, () => QuantizerFactory.Weight(weights, CpuDevice.Shared, new Shape(1, 1)).Dispose());
            Try(name, () => QuantizerFactory.Activation(Activations(layer.ActivationBits ?? ActivationBits), CpuDevice.Shared).Dispose());
        }
    }

    /// <summary>All settings on one line, for example <c>lsq w4a4 per channel (Narrow grid), first/last: 8/8, last input: 8, residual: 8</c>.</summary>
    public override string ToString()
        => $"{Method} {Inner()} {(PerChannel ? "per channel" : "per layer")} ({Grid} grid), first/last: {FirstLayerWeightBits}/{LastLayerWeightBits}, "
            + $"last input: {LastLayerActivationBits}{Unless()}, residual: {ResidualBits}{Starts()}{(Widths.Count == 0 ? "" : $", widths: {string.Join(' ', Widths)} ({Clipping})")}";

    /// <summary>Bits of all parts on one line, for example <c>w4a4, first layer w8a8, last layer w8a8, residual 8</c>.</summary>
    public string Bits() => $"{Inner()}, {Ends()}";

    /// <summary>
    /// Bits between the ends: <c>w4a4</c>; with named layers the range of their bits and what the others have, <c>mixed w2-6a3-8 (18 named layers, else w4a4)</c>.
    /// </summary>
    public string Inner()
    {
        string others = $"w{WeightBits}a{ActivationBits}";
        return Layers.Count == 0
            ? others
            : $"mixed w{Range(WeightBits, layer => layer.WeightBits)}a{Range(ActivationBits, layer => layer.ActivationBits)} ({Layers.Count} named layers, else {others})";
    }

    /// <summary>Bits of the parts that papers treat specially unless they are named in <see cref="Layers"/>, for example <c>first layer w8a8, last layer w8a8, residual 8</c>; the image always has 8.</summary>
    public string Ends()
        => $"first layer w{FirstLayerWeightBits}a8, last layer w{LastLayerWeightBits}a{LastLayerActivationBits}{Unless()}, residual {ResidualBits}";

    /// <summary>What is said for a layer of this name alone, or null.</summary>
    internal LayerBits? Find(string layer) => Layers.FirstOrDefault(named => named.Layer == layer);

    /// <summary>Throws unless a number of bits is among <see cref="Widths"/>, where there are any.</summary>
    internal void RequireWidth(string setting, int bits)
    {
        if (Widths.Count > 0 && !Widths.Contains(bits))
        {
            throw new ArgumentException($"quantization.{setting} is {bits}, which is not among quantization.widths {string.Join(", ", Widths)}; add it or choose one of them");
        }
    }

    /// <summary>Bits of a layer's weights.</summary>
    internal int WeightBitsOf(string layer, LayerPlace place) => Find(layer)?.WeightBits ?? WeightBitsAt(place);

    /// <summary>Bits of the edge that a layer behind the first one reads.</summary>
    internal int ActivationBitsOf(string layer, LayerPlace place)
        => Find(layer)?.ActivationBits ?? (place == LayerPlace.Last ? LastLayerActivationBits : ActivationBits);

    internal QuantizerOptions Weights(LayerPlace place) => Weights(place, WeightBitsAt(place));

    internal QuantizerOptions Weights(LayerPlace place, int bits)
    {
        // The odd codes of 8 bits do not fit a byte, and with so many levels zero costs none.
        WeightGrid grid = bits == BitWidth.Largest && Grid == WeightGrid.Odd ? WeightGrid.Narrow : Grid;
        QuantizerOptions options = Options() with { Bits = bits, PerChannel = PerChannel, Signed = true, Grid = grid, Init = WeightInit };
        return place == LayerPlace.Inner ? Switchable(options) : options;
    }

    /// <summary>The same quantizer with all widths of the policy.</summary>
    internal QuantizerOptions Switchable(QuantizerOptions options) => Widths.Count == 0 ? options : options with { Widths = Widths, Clipping = Clipping };

    internal QuantizerOptions Activations(int bits) => Options() with { Bits = bits, Init = ActivationInit };

    // Methods that quantize from zero up have no signed form; LSQ serves the edges that need one.
    internal QuantizerOptions SignedActivations(int bits) =>
        Options() with { Method = Method is "uniform" or "lsq+" or "dsq" ? Method : "lsq", Bits = bits, Signed = true, Init = ActivationInit };

    private int WeightBitsAt(LayerPlace place) => place switch
    {
        LayerPlace.First => FirstLayerWeightBits,
        LayerPlace.Last => LastLayerWeightBits,
        _ => WeightBits,
    };

    private static void RequireBits(string name, int bits)
    {
        if (bits is < BitWidth.Smallest or > BitWidth.Largest)
        {
            throw new ArgumentException(
                $"quantization.{name} is {bits}; a code has {BitWidth.Smallest} to {BitWidth.Largest} bits, leave 'quantization' out for a float model");
        }
    }

    private static void Try(string name, Action build)
    {
        try
        {
            build();
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"quantization.{name} or its method does not fit: {error.Message}", error);
        }
    }

    private QuantizerOptions Options()
    {
        var options = new QuantizerOptions { Method = Method };
        return options with
        {
            ClipStart = ClipStart ?? options.ClipStart,
            EwgsDelta = EwgsDelta ?? options.EwgsDelta,
            DsqAlpha = DsqAlpha ?? options.DsqAlpha,
            LearnAlpha = LearnAlpha ?? options.LearnAlpha,
            LearnGamma = LearnGamma ?? options.LearnGamma,
            DetachStatistics = DetachStatistics ?? options.DetachStatistics,
            MaskWeightGradient = MaskWeightGradient ?? options.MaskWeightGradient,
        };
    }

    private string Starts() => (WeightInit, ActivationInit) switch
    {
        (null, null) => "",
        (null, _) => $", activations start by {ActivationInit}",
        (_, null) => $", weights start by {WeightInit}",
        _ => $", weights start by {WeightInit}, activations by {ActivationInit}",
    };

    private string Unless() => Layers.Count == 0 ? "" : " (unless named)";

    // The bits that the named layers were given; those of all others where none was.
    private string Range(int others, Func<LayerBits, int?> bitsOf)
    {
        int low = Layers.Min(bitsOf) ?? others, high = Layers.Max(bitsOf) ?? others;
        return low == high ? $"{low}" : $"{low}-{high}";
    }

    private void ValidateWidths()
    {
        if (Widths.Count == 0)
        {
            if (Clipping != ClippingForm.Table)
            {
                throw new ArgumentException($"quantization.clipping is {Clipping}, but quantization.widths names no widths; name them, or leave clipping out");
            }

            return;
        }

        string list = string.Join(", ", Widths);
        for (int i = 0; i < Widths.Count; i++)
        {
            RequireBits($"widths[{i}]", Widths[i]);
            if (Widths.Count < 2 || (i > 0 && Widths[i] <= Widths[i - 1]))
            {
                throw new ArgumentException($"quantization.widths is {list}; name two or more numbers of bits in ascending order, or leave it out for one width");
            }
        }

        RequireWidth("weightBits", WeightBits);
        RequireWidth("activationBits", ActivationBits);
        Try("widths", () => QuantizerFactory.Weight(Weights(LayerPlace.Inner), CpuDevice.Shared, new Shape(1, 1)).Dispose());
        Try("widths", () => QuantizerFactory.Activation(Switchable(Activations(ActivationBits)), CpuDevice.Shared).Dispose());
    }

    private void ValidateLayers()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < Layers.Count; i++)
        {
            string key = $"layers[{i}]";
            LayerBits layer = Layers[i];
            if (string.IsNullOrEmpty(layer?.Layer))
            {
                throw new ArgumentException($"quantization.{key} names no layer; give its path as 'layer', and weightBits, activationBits or both");
            }

            if (layer.WeightBits is null && layer.ActivationBits is null)
            {
                throw new ArgumentException($"quantization.{key} gives '{layer.Layer}' no bits; give weightBits, activationBits or both, or leave the layer out");
            }

            RequireBits($"{key}.weightBits ('{layer.Layer}')", layer.WeightBits ?? WeightBits);
            RequireBits($"{key}.activationBits ('{layer.Layer}')", layer.ActivationBits ?? ActivationBits);
            if (!names.Add(layer.Layer))
            {
                throw new ArgumentException($"quantization.{key} names '{layer.Layer}' a second time; give all bits of a layer in one entry");
            }
        }
    }

    private void ValidateStarts()
    {
        foreach ((string name, string? rule) in (ReadOnlySpan<(string, string?)>)[("weightInit", WeightInit), ("activationInit", ActivationInit)])
        {
            if (rule is not null && !StepRuleFactory.Names.Contains(rule))
            {
                throw new ArgumentException($"quantization.{name} is '{rule}'; use {string.Join(", ", StepRuleFactory.Names)}, or leave it out for the method's own start");
            }
        }

        if (ClipStart is not null && ActivationInit is not null)
        {
            throw new ArgumentException("quantization.clipStart and quantization.activationInit both say where clipping starts; leave one out");
        }

        // With a number of bits that every method has, what fails is the start.
        QuantizerOptions weights = Options() with { Bits = 4, Init = WeightInit }, activations = Options() with { Bits = 4, Init = ActivationInit };
        if (WeightInit is not null)
        {
            Try("weightInit", () => QuantizerFactory.Weight(weights, CpuDevice.Shared, new Shape(1, 1)).Dispose());
        }

        if (ActivationInit is not null)
        {
            Try("activationInit", () => QuantizerFactory.Activation(activations, CpuDevice.Shared).Dispose());
        }
    }

    private void ValidateOptions()
    {
        ReadOnlySpan<(string Name, bool IsSet, string Methods)> settings =
        [
            ("clipStart", ClipStart is not null, "pact, pact-sawb, apot"),
            ("ewgsDelta", EwgsDelta is not null, "ewgs"),
            ("dsqAlpha", DsqAlpha is not null, "dsq"),
            ("learnAlpha", LearnAlpha is not null, "dsq"),
            ("learnGamma", LearnGamma is not null, "qil"),
            ("detachStatistics", DetachStatistics is not null, "weightnorm"),
            ("maskWeightGradient", MaskWeightGradient is not null, "weightnorm"),
        ];
        foreach ((string name, bool isSet, string methods) in settings)
        {
            if (isSet && !methods.Split(", ").Contains(Method))
            {
                throw new ArgumentException($"quantization.{name} belongs to {methods}, but the method is {Method}; leave it out or change the method");
            }
        }
    }
}
