using LowBit.Kernels.Devices;
using LowBit.Nn.Lowering.Graph;
using LowBit.Quantization;

namespace LowBit.Nn.Lowering;

/// <summary>
/// Collects the integer form of a model while its modules are evaluated symbolically: each layer turns the edge it gets into
/// the edge it makes. Batch norm and bias go into a sum's factors, ReLU into its clamp, a quantizer closes the sum with a view.
/// </summary>
public sealed class LoweringContext
{
    private readonly List<GraphStep> _steps = [];
    private readonly List<FoldEntry> _entries = [];
    private readonly HashSet<string> _edgeNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> _stepNames = new(StringComparer.Ordinal);

    internal LoweringContext(int height, int width, int channels)
    {
        Image = new CodeTensor(UniqueEdge("image"), height, width, channels, new CodeGrid(8, 1f / 255, 0));
    }

    internal CodeTensor Image { get; }

    internal IReadOnlyList<GraphStep> Steps => _steps;

    internal IReadOnlyList<FoldEntry> Entries => _entries;

    /// <summary>The input edge: pixels become codes by a table for each channel.</summary>
    /// <param name="path">Path of the layer.</param>
    /// <param name="input">The edge of pixels.</param>
    /// <param name="step">Real units per code, positive.</param>
    /// <param name="zeroPoint">Code of real zero, 0 to 255.</param>
    /// <param name="code">The code of a channel's pixel.</param>
    /// <exception cref="LoweringException">The edge is not the image.</exception>
    public LoweredEdge Input(string path, LoweredEdge input, float step, int zeroPoint, Func<int, byte, byte> code)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!ReferenceEquals(input.Codes, Image) || !input.IsCodes)
        {
            throw new LoweringException(path, "an input edge quantizes the image and must be the first layer");
        }

        CodeTensor output = NewTensor(path, input.Height, input.Width, input.Channels, new CodeGrid(8, CheckedStep(path, step), zeroPoint));
        Add(new LookupStep(UniqueStep(path), Image, output, code));
        Note(path, "input quantizer", false, $"a table of 256 codes for each of {input.Channels} channels holds the normalisation and the 8-bit grid, zero point {zeroPoint}");
        return new LoweredEdge(output);
    }

    /// <summary>A convolution of codes.</summary>
    /// <param name="path">Path of the layer.</param>
    /// <param name="input">An edge of codes.</param>
    /// <param name="shape">Sizes for one image.</param>
    /// <param name="weights">Weight codes OHWI.</param>
    /// <param name="bias">Bias by output channel, or null.</param>
    /// <exception cref="LoweringException">The input has no codes, or sizes do not fit.</exception>
    public LoweredEdge Convolution(string path, LoweredEdge input, ConvShape shape, LoweredWeights weights, float[]? bias)
    {
        ArgumentNullException.ThrowIfNull(weights);
        CodeTensor codes = RequireCodes(path, input, "a convolution");
        shape = shape with { Batch = 1 };
        Validate(path, shape.Validate);
        if (shape.InputLength != codes.Length || weights.Codes.Count != shape.WeightLength)
        {
            throw new LoweringException(
                path, $"it expects {shape.Height}x{shape.Width}x{shape.InChannels} values and gets {input.Height}x{input.Width}x{input.Channels}; lower the model with the image size it was built for");
        }

        var sum = SumStep.OfConvolution(UniqueStep(path), codes, shape, weights);
        Add(sum);
        var alpha = new double[shape.OutChannels];
        var beta = new double[shape.OutChannels];
        for (int c = 0; c < alpha.Length; c++)
        {
            alpha[c] = (double)weights.Step(c) * codes.Grid.Step;
            beta[c] = bias is null ? 0 : bias[c];
        }

        Note(path, shape.ReductionLength == shape.InputLength ? "linear" : "convolution", false,
            $"w{weights.Bits}a{codes.Grid.Bits}, {(weights.Steps.Count == 1 ? "one step" : "a step for each channel")}{(bias is null ? "" : ", bias folded into the offsets")}");
        return LoweredEdge.OfSum(sum, alpha, beta);
    }

    /// <summary>A linear layer: a convolution of one pixel.</summary>
    /// <param name="path">Path of the layer.</param>
    /// <param name="input">An edge of codes.</param>
    /// <param name="weights">Weight codes <c>[out, in]</c>.</param>
    /// <param name="bias">Bias by output, or null.</param>
    /// <exception cref="LoweringException">The input has no codes, or sizes do not fit.</exception>
    public LoweredEdge Linear(string path, LoweredEdge input, LoweredWeights weights, float[]? bias)
    {
        ArgumentNullException.ThrowIfNull(weights);
        CodeTensor codes = RequireCodes(path, input, "a linear layer");
        return Convolution(
            path, new LoweredEdge(codes).WithShape(1, 1, codes.Length), new ConvShape(1, 1, 1, codes.Length, weights.OutChannels, 1, 1, 1, 0), weights, bias);
    }

    /// <summary>An affine map by channel, <c>y = factor[c]·x + shift[c]</c>: batch norm in evaluation.</summary>
    /// <param name="path">Path of the layer.</param>
    /// <param name="input">Any edge that is not clamped yet.</param>
    /// <param name="factor">Factors, finite.</param>
    /// <param name="shift">Shifts, finite.</param>
    /// <exception cref="LoweringException">A number is not finite, or the edge is clamped, pooled or has a residual.</exception>
    public LoweredEdge Affine(string path, LoweredEdge input, double[] factor, double[] shift)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(factor);
        ArgumentNullException.ThrowIfNull(shift);
        if (input.Low is not null || input.High is not null || input.Pools.Count > 0 || input.Residual is not null)
        {
            throw new LoweringException(path, "a batch norm after a ReLU, a pooling or an addition has nothing to fold into; put a quantizer in front of it");
        }

        if (factor.Length != input.Channels || shift.Length != input.Channels)
        {
            throw new LoweringException(path, $"it normalises {factor.Length} channels and gets {input.Channels}");
        }

        var alpha = new double[factor.Length];
        var beta = new double[factor.Length];
        int negative = 0, zero = 0;
        for (int c = 0; c < alpha.Length; c++)
        {
            if (!double.IsFinite(factor[c]) || !double.IsFinite(shift[c]))
            {
                throw new LoweringException(path, $"channel {c} has the factor {factor[c]} and the shift {shift[c]}; the model was trained too far or its file is damaged");
            }

            alpha[c] = (input.Alpha is null ? 1 : input.Alpha[c]) * factor[c];
            beta[c] = ((input.Beta is null ? 0 : input.Beta[c]) * factor[c]) + shift[c];
            negative += factor[c] < 0 ? 1 : 0;
            zero += factor[c] == 0 ? 1 : 0;
        }

        string into = input.Sum is null ? "the next quantizer's table" : $"multipliers and offsets of '{input.Sum.Name}'";
        string special = (negative > 0 ? $", {negative} negative factors flip their channels' codes" : "") + (zero > 0 ? $", {zero} factors are zero" : "");
        Note(path, "batch norm", true, $"into {into}{special}");
        return input.WithAffine(alpha, beta);
    }

    /// <summary>Clamps real values: ReLU and its bounded form.</summary>
    /// <param name="path">Path of the layer.</param>
    /// <param name="input">Any edge.</param>
    /// <param name="low">Lower bound.</param>
    /// <param name="high">Upper bound, or null.</param>
    public LoweredEdge Clamp(string path, LoweredEdge input, float low, float? high)
    {
        ArgumentNullException.ThrowIfNull(input);
        float newLow = MathF.Max(low, input.Low ?? low);
        float? newHigh = high is null ? input.High : MathF.Min(high.Value, input.High ?? high.Value);
        Note(path, "ReLU", true, "into the clamp of the next quantizer");
        return input.WithClamp(newLow, newHigh);
    }

    /// <summary>Gives real values codes.</summary>
    /// <param name="path">Path of the layer; names the new edge.</param>
    /// <param name="input">Any edge; the same real edge may be quantized several times, which makes views of one sum.</param>
    /// <param name="quantizer">The trained quantizer.</param>
    /// <exception cref="LoweringException">The quantizer is off or has no step, or numbers are beyond the fixed-point form.</exception>
    public LoweredEdge Quantize(string path, LoweredEdge input, ActivationQuantizer quantizer)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(quantizer);
        QuantizerGrid grid = QuantizerGrid.Of(path, quantizer);
        return input.Codes is not null ? QuantizeCodes(path, input, grid) : QuantizeSum(path, input, grid);
    }

    /// <summary>Maximum over windows: of codes at once, of real values as soon as they have codes.</summary>
    /// <param name="path">Path of the layer.</param>
    /// <param name="input">Any edge.</param>
    /// <param name="kernel">Rows and columns of the window.</param>
    /// <param name="stride">Step of the window.</param>
    /// <param name="padding">Padding that takes no part.</param>
    /// <exception cref="LoweringException">The window does not fit.</exception>
    public LoweredEdge MaxPool(string path, LoweredEdge input, int kernel, int stride, int padding)
    {
        ArgumentNullException.ThrowIfNull(input);
        var shape = new PoolShape(1, input.Height, input.Width, input.Channels, kernel, kernel, stride, padding);
        Validate(path, shape.Validate);
        if (input.IsCodes)
        {
            Note(path, "max pool", false, "maximum of codes");
            return new LoweredEdge(Pool(path, path, input.Codes!, shape));
        }

        Note(path, "max pool", false, "maximum of codes, after the next quantizer: rounding is monotone");
        return input.WithPool(path, shape);
    }

    /// <summary>Mean over windows of codes; the divisor goes into the multiplier.</summary>
    /// <param name="path">Path of the layer.</param>
    /// <param name="input">An edge of codes.</param>
    /// <param name="window">The window over one image.</param>
    /// <exception cref="LoweringException">The input has no codes, or the window does not fit.</exception>
    public LoweredEdge AveragePool(string path, LoweredEdge input, PoolShape window)
    {
        CodeTensor codes = RequireCodes(path, input, "an average");
        PoolShape shape = window with { Batch = 1 };
        Validate(path, shape.Validate);
        var sum = SumStep.OfPool(UniqueStep(path), codes, shape);
        Add(sum);
        var alpha = new double[shape.Channels];
        Array.Fill(alpha, (double)codes.Grid.Step / ((double)shape.KernelHeight * shape.KernelWidth));
        Note(path, "average pool", false, $"int32 sum of {shape.KernelHeight}x{shape.KernelWidth} codes of {codes.Grid.Bits} bits, divisor folded into the multiplier");
        return LoweredEdge.OfSum(sum, alpha, new double[shape.Channels]);
    }

    /// <summary>The same values as one row: codes stay where they are.</summary>
    /// <param name="path">Path of the layer.</param>
    /// <param name="input">Any edge.</param>
    /// <exception cref="LoweringException">The edge has channel factors that are not closed by a quantizer.</exception>
    public LoweredEdge Flatten(string path, LoweredEdge input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!input.IsCodes && (input.Height != 1 || input.Width != 1))
        {
            throw new LoweringException(path, "it flattens real values; put the quantizer in front of it");
        }

        Note(path, "flatten", true, "codes already lie in this order");
        return input.WithShape(1, 1, input.Height * input.Width * input.Channels);
    }

    /// <summary>Sum of a real edge and codes, or of two edges of codes, rounded once by the next quantizer.</summary>
    /// <param name="path">Path of the layer.</param>
    /// <param name="first">One summand.</param>
    /// <param name="second">The other summand.</param>
    /// <exception cref="LoweringException">Both summands are real, one is clamped, or the shapes differ.</exception>
    public LoweredEdge Sum(string path, LoweredEdge first, LoweredEdge second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (!second.IsCodes)
        {
            (first, second) = (second, first);
        }

        if (!second.IsCodes)
        {
            throw new LoweringException(path, "both sides of the addition are real; put a quantizer on one of them (a shortcut with a convolution needs its own)");
        }

        if (first.Height != second.Height || first.Width != second.Width || first.Channels != second.Channels)
        {
            throw new LoweringException(
                path, $"it adds {first.Height}x{first.Width}x{first.Channels} and {second.Height}x{second.Width}x{second.Channels}");
        }

        if (first.Low is not null || first.High is not null || first.Pools.Count > 0 || first.Residual is not null || (first.Codes is not null && !first.IsCodes))
        {
            throw new LoweringException(path, "the real side of the addition is clamped, pooled or already a sum; put a quantizer on it");
        }

        LoweredEdge real = first.IsCodes ? SumOfCodes(path, first.Codes!) : first;
        Note(path, "addition", true, $"into the epilogue of '{real.Sum!.Name}', one rounding; residual '{second.Codes!.Name}' has {second.Codes.Grid.Bits} bits");
        return real.WithResidual(second.Codes!);
    }

    /// <summary>The option-A shortcut on codes.</summary>
    /// <param name="path">Path of the layer.</param>
    /// <param name="input">An edge of codes.</param>
    /// <param name="outChannels">Channels of the result.</param>
    /// <param name="stride">Distance of the pixels that are kept.</param>
    /// <exception cref="LoweringException">The input has no codes.</exception>
    public LoweredEdge ShortcutA(string path, LoweredEdge input, int outChannels, int stride)
    {
        CodeTensor codes = RequireCodes(path, input, "a shortcut");
        var shape = new ShortcutShape(1, codes.Height, codes.Width, codes.Channels, outChannels, stride);
        CodeTensor output = NewTensor($"{path}.shortcut", shape.OutHeight, shape.OutWidth, outChannels, codes.Grid);
        Add(new ShortcutStep(UniqueStep($"{path}.shortcut"), codes, output, shape));
        Note($"{path}.shortcut", "option-A shortcut", false, $"codes of {codes.Grid.Bits} bits, every pixel {stride} apart, new channels hold the code of zero");
        return new LoweredEdge(output);
    }

    /// <summary>Ends the model: the values become int32 logits on one common scale.</summary>
    internal LoweredEdge Logits(LoweredEdge input)
    {
        string path = input.Sum?.Name ?? "(model)";
        if (input.Sum is null || input.Low is not null || input.High is not null || input.Pools.Count > 0 || input.Residual is not null)
        {
            throw new LoweringException(path, "the model must end with a linear layer, a convolution or an average whose values are the logits; remove the layers after it");
        }

        if (input.Height != 1 || input.Width != 1)
        {
            throw new LoweringException(path, $"the model ends with {input.Height}x{input.Width}x{input.Channels} values; logits are one row, so add a global average");
        }

        SumView view = ViewBuilder.Logits(path, UniqueEdge("logits"), input);
        input.Sum.Views.Add(view);
        return new LoweredEdge(view.Output);
    }

    private LoweredEdge QuantizeSum(string path, LoweredEdge input, QuantizerGrid grid)
    {
        string name = path;
        SumStep sum = input.Sum!;
        CodeTensor output = NewTensor(name, sum.Height, sum.Width, sum.Channels, grid.Grid);
        sum.Views.Add(ViewBuilder.Codes(path, output, input, grid));
        Note(path, "quantizer", true, $"into the epilogue of '{sum.Name}': {grid.Grid.Bits} bits, codes {grid.Low} to {grid.High}, zero point {grid.Grid.Zero}");
        foreach ((string poolPath, PoolShape shape) in input.Pools)
        {
            output = Pool(poolPath, poolPath, output, shape);
        }

        return new LoweredEdge(output).WithShape(input.Height, input.Width, input.Channels);
    }

    // Codes to codes: the table repeats the float arithmetic of training, ties included.
    private LoweredEdge QuantizeCodes(string path, LoweredEdge input, QuantizerGrid grid)
    {
        CodeTensor codes = input.Codes!;
        if (ReferenceEquals(codes, Image))
        {
            throw new LoweringException(path, "the image has no codes yet; start the model with an InputQuant");
        }

        CodeTensor output = NewTensor(path, codes.Height, codes.Width, codes.Channels, grid.Grid);
        Add(new LookupStep(UniqueStep(path), codes, output, (channel, code) => grid.Code(ElementOf(input, channel, code))));
        Note(path, "quantizer", false, $"codes of {codes.Grid.Bits} bits become codes of {grid.Grid.Bits} bits by a table");
        var edge = new LoweredEdge(output);
        foreach ((string poolPath, PoolShape shape) in input.Pools)
        {
            edge = new LoweredEdge(Pool(poolPath, poolPath, edge.Codes!, shape));
        }

        return edge.WithShape(input.Height, input.Width, input.Channels);
    }

    private static float ElementOf(LoweredEdge edge, int channel, byte code)
    {
        CodeGrid grid = edge.Codes!.Grid;
        float value = grid.Step * (code - grid.Zero);
        if (edge.Alpha is not null)
        {
            value = (float)((edge.Alpha[channel] * value) + edge.Beta![channel]);
        }

        value = edge.Low is { } low ? MathF.Max(low, value) : value;
        return edge.High is { } high ? MathF.Min(high, value) : value;
    }

    private LoweredEdge SumOfCodes(string path, CodeTensor codes)
    {
        var sum = SumStep.OfCodes(UniqueStep(path), codes);
        Add(sum);
        var alpha = new double[codes.Channels];
        Array.Fill(alpha, codes.Grid.Step);
        return LoweredEdge.OfSum(sum, alpha, new double[codes.Channels]);
    }

    private CodeTensor Pool(string stepName, string edgeName, CodeTensor input, PoolShape shape)
    {
        CodeTensor output = NewTensor(edgeName, shape.OutHeight, shape.OutWidth, shape.Channels, input.Grid);
        Add(new MaxPoolStep(UniqueStep(stepName), input, output, shape));
        return output;
    }

    private CodeTensor RequireCodes(string path, LoweredEdge input, string who)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!input.IsCodes)
        {
            throw new LoweringException(path, $"{who} reads codes, but its input is real; put an activation quantizer in front of it");
        }

        if (ReferenceEquals(input.Codes, Image))
        {
            throw new LoweringException(path, $"{who} cannot read pixels; start the model with an InputQuant");
        }

        return input.Codes!;
    }

    private static float CheckedStep(string path, float step)
        => float.IsFinite(step) && step > 0 ? step : throw new LoweringException(path, $"its step is {step}; steps are positive and finite");

    private static void Validate(string path, Action validate)
    {
        try
        {
            validate();
        }
        catch (ArgumentException error)
        {
            throw new LoweringException(path, error.Message, error);
        }
    }

    private CodeTensor NewTensor(string name, int height, int width, int channels, CodeGrid grid) => new(UniqueEdge(name), height, width, channels, grid);

    private void Add(GraphStep step) => _steps.Add(step);

    private void Note(string path, string layer, bool isFolded, string detail) => _entries.Add(new FoldEntry(path, layer, isFolded, detail));

    private string UniqueEdge(string name) => Unique(name, _edgeNames);

    private string UniqueStep(string name) => Unique(name, _stepNames);

    // A layer that runs twice makes two nodes.
    private static string Unique(string name, HashSet<string> taken)
    {
        name = name.Length == 0 ? "model" : name;
        string unique = name;
        for (int i = 2; !taken.Add(unique); i++)
        {
            unique = $"{name}#{i}";
        }

        return unique;
    }
}
