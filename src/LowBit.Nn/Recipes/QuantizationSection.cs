using LowBit.Nn.Models;
using LowBit.Quantization;

namespace LowBit.Nn.Recipes;

/// <summary>The <c>quantization</c> part of a recipe; the keys are those of <see cref="QuantizationPolicy"/>.</summary>
public sealed record QuantizationSection
{
    /// <inheritdoc cref="QuantizationPolicy.Method"/>
    public string Method { get; set; } = "lsq";

    /// <inheritdoc cref="QuantizationPolicy.WeightBits"/>
    public int WeightBits { get; set; } = 4;

    /// <inheritdoc cref="QuantizationPolicy.ActivationBits"/>
    public int ActivationBits { get; set; } = 4;

    /// <inheritdoc cref="QuantizationPolicy.FirstLayerWeightBits"/>
    public int FirstLayerWeightBits { get; set; } = 8;

    /// <inheritdoc cref="QuantizationPolicy.LastLayerWeightBits"/>
    public int LastLayerWeightBits { get; set; } = 8;

    /// <inheritdoc cref="QuantizationPolicy.LastLayerActivationBits"/>
    public int LastLayerActivationBits { get; set; } = 8;

    /// <inheritdoc cref="QuantizationPolicy.ResidualBits"/>
    public int ResidualBits { get; set; } = 8;

    /// <inheritdoc cref="QuantizationPolicy.PerChannel"/>
    public bool PerChannel { get; set; } = true;

    /// <inheritdoc cref="QuantizationPolicy.Grid"/>
    public WeightGrid Grid { get; set; } = WeightGrid.Narrow;

    /// <inheritdoc cref="QuantizationPolicy.WeightInit"/>
    public string? WeightInit { get; set; }

    /// <inheritdoc cref="QuantizationPolicy.ActivationInit"/>
    public string? ActivationInit { get; set; }

    /// <inheritdoc cref="QuantizationPolicy.ClipStart"/>
    public float? ClipStart { get; set; }

    /// <inheritdoc cref="QuantizationPolicy.EwgsDelta"/>
    public float? EwgsDelta { get; set; }

    /// <inheritdoc cref="QuantizationPolicy.DsqAlpha"/>
    public float? DsqAlpha { get; set; }

    /// <inheritdoc cref="QuantizationPolicy.LearnAlpha"/>
    public bool? LearnAlpha { get; set; }

    /// <inheritdoc cref="QuantizationPolicy.LearnGamma"/>
    public bool? LearnGamma { get; set; }

    /// <inheritdoc cref="QuantizationPolicy.DetachStatistics"/>
    public bool? DetachStatistics { get; set; }

    /// <inheritdoc cref="QuantizationPolicy.MaskWeightGradient"/>
    public bool? MaskWeightGradient { get; set; }

    /// <inheritdoc cref="QuantizationPolicy.Widths"/>
    public int[] Widths { get; set; } = [];

    /// <inheritdoc cref="QuantizationPolicy.Clipping"/>
    public ClippingForm Clipping { get; set; } = ClippingForm.Table;

    /// <summary>
    /// Chance, 0 to 1, with which in a training step the weights of an inner layer or the edge that it reads have one width more or less; evaluation and checkpoints
    /// have the recipe's bits. Needs <see cref="Widths"/>.
    /// </summary>
    public double WidthJitter { get; set; }

    /// <inheritdoc cref="QuantizationPolicy.Layers"/>
    public LayerBits[] Layers { get; set; } = [];

    /// <summary>
    /// Progressive lowering: entries of first epoch and least bits, epochs ascending from 0, bits descending down to the recipe's own;
    /// empty to train with the recipe's bits from the start. The ends and the residual stream keep their bits throughout.
    /// </summary>
    /// <remarks>Zhuang et al. 2018, arXiv:1711.00205, "progressive quantization".</remarks>
    public BitStage[] Progressive { get; set; } = [];

    /// <summary>Number of stages of progressive lowering; 1 without it.</summary>
    public int CountStages() => Math.Max(1, Progressive.Length);

    /// <summary>The policy that the finished model has.</summary>
    public QuantizationPolicy ToPolicy() => ToPolicy(CountStages() - 1);

    /// <summary>The policy that models of a stage are built from.</summary>
    /// <param name="stage">From 0 to <see cref="CountStages"/> − 1.</param>
    /// <exception cref="ArgumentException">There is no such stage.</exception>
    public QuantizationPolicy ToPolicy(int stage)
    {
        if (stage < 0 || stage >= CountStages())
        {
            throw new ArgumentException($"there is no stage {stage} in a recipe with {CountStages()} of them");
        }

        return ToPolicyAt(Progressive.Length == 0 ? 0 : Progressive[stage].Bits);
    }

    /// <summary>The epoch in front of which a stage ends.</summary>
    /// <param name="stage">From 0.</param>
    /// <param name="epochs">Epochs of the run.</param>
    public int EndOf(int stage, int epochs) => stage + 1 < Progressive.Length ? Progressive[stage + 1].Epoch : epochs;

    internal void Validate(int epochs)
    {
        if (Layers is null)
        {
            throw new ArgumentException("quantization.layers is null; leave it out to give no layer bits of its own");
        }

        if (Array.IndexOf(Layers, null) is >= 0 and int empty)
        {
            throw new ArgumentException($"quantization.layers[{empty}] is null; give its layer and bits");
        }

        ValidateWidths();
        if (Progressive is null)
        {
            throw new ArgumentException("quantization.progressive is null; leave it out to train with the recipe's bits from the start");
        }

        for (int i = 0; i < Progressive.Length; i++)
        {
            string key = $"quantization.progressive[{i}]";
            BitStage stage = Progressive[i] ?? throw new ArgumentException($"{key} is null; give its epoch and bits");
            Demand.Range($"{key}.bits", stage.Bits, 1, 8);
            Demand.Range($"{key}.epoch", stage.Epoch, i == 0 ? 0 : Progressive[i - 1].Epoch + 1, i == 0 ? 0 : epochs - 1);
            if (i > 0 && stage.Bits >= Progressive[i - 1].Bits)
            {
                throw new ArgumentException($"{key}.bits is {stage.Bits}; bits must become fewer from stage to stage, and the one before has {Progressive[i - 1].Bits}");
            }
        }

        for (int stage = 0; stage < CountStages(); stage++)
        {
            ToPolicy(stage).Validate();
        }

        int least = Layers.Aggregate(Math.Min(WeightBits, ActivationBits), (bits, layer) => Math.Min(bits, Math.Min(layer.WeightBits ?? bits, layer.ActivationBits ?? bits)));
        if (Progressive.Length > 0 && Progressive[^1].Bits > least)
        {
            throw new ArgumentException(
                $"quantization.progressive ends with {Progressive[^1].Bits} bits; it must come down to the recipe's {ToPolicyAt(0).Inner()}, add a stage of {least} bits");
        }
    }

    private QuantizationPolicy ToPolicyAt(int least)
        => new()
        {
            Method = Method,
            WeightBits = Math.Max(WeightBits, least),
            ActivationBits = Math.Max(ActivationBits, least),
            FirstLayerWeightBits = FirstLayerWeightBits,
            LastLayerWeightBits = LastLayerWeightBits,
            LastLayerActivationBits = LastLayerActivationBits,
            ResidualBits = ResidualBits,
            PerChannel = PerChannel,
            Grid = Grid,
            WeightInit = WeightInit,
            ActivationInit = ActivationInit,
            ClipStart = ClipStart,
            EwgsDelta = EwgsDelta,
            DsqAlpha = DsqAlpha,
            LearnAlpha = LearnAlpha,
            LearnGamma = LearnGamma,
            DetachStatistics = DetachStatistics,
            MaskWeightGradient = MaskWeightGradient,
            Widths = Widths,
            Clipping = Clipping,
            Layers = least == 0 || Layers.Length == 0 ? Layers : [.. Layers.Select(layer => Raised(layer, least))],
        };

    private void ValidateWidths()
    {
        if (Widths is null)
        {
            throw new ArgumentException("quantization.widths is null; leave it out for quantizers of one width");
        }

        if (!(WidthJitter >= 0 && WidthJitter <= 1))
        {
            throw new ArgumentException($"quantization.widthJitter is {WidthJitter}; it must be 0 to 1");
        }

        if (WidthJitter > 0 && Widths.Length == 0)
        {
            throw new ArgumentException($"quantization.widthJitter is {WidthJitter}, but quantization.widths names no widths to move between; name them, or leave widthJitter out");
        }

        if (Widths.Length > 0 && Progressive is { Length: > 0 })
        {
            throw new ArgumentException(
                "quantization.progressive and quantization.widths exclude each other; quantizers of several widths train at all of them, leave one of the keys out");
        }
    }

    // Both kinds of bits that the layer was given; what it was not given follows the policy, which is raised too.
    private static LayerBits Raised(LayerBits layer, int least)
        => layer with { WeightBits = Raised(layer.WeightBits, least), ActivationBits = Raised(layer.ActivationBits, least) };

    private static int? Raised(int? bits, int least) => bits is { } given ? Math.Max(given, least) : null;
}
