using LowBit.Kernels.Devices;

namespace LowBit.Nn.Lowering.Graph;

/// <summary>
/// A sum of integers that views turn into codes: <c>acc = Σ w·(a − zero)</c> of a convolution, <c>Σ (a − zero)</c> of a window, or
/// <c>a − zero</c> alone. Zero points are taken off here; folding them into offsets is the emitter's business.
/// </summary>
internal sealed class SumStep : GraphStep
{
    private SumStep(string name, CodeTensor input, int height, int width, int channels)
        : base(name)
    {
        Input = input;
        Height = height;
        Width = width;
        Channels = channels;
    }

    public CodeTensor Input { get; }

    public int Height { get; }

    public int Width { get; }

    public int Channels { get; }

    /// <summary>Set for a convolution or linear layer.</summary>
    public ConvShape? Convolution { get; private init; }

    /// <summary>Weight codes as trained, OHWI; set for a convolution.</summary>
    public LoweredWeights? Weights { get; private init; }

    /// <summary>Set for a sum over windows.</summary>
    public PoolShape? Pool { get; private init; }

    public List<SumView> Views { get; } = [];

    public override IEnumerable<CodeTensor> Inputs
    {
        get
        {
            yield return Input;
            foreach (SumView view in Views)
            {
                if (view.Residual is not null)
                {
                    yield return view.Residual;
                }
            }
        }
    }

    public override IEnumerable<CodeTensor> Outputs
    {
        get
        {
            foreach (SumView view in Views)
            {
                yield return view.Output;
            }
        }
    }

    public static SumStep OfConvolution(string name, CodeTensor input, ConvShape shape, LoweredWeights weights)
        => new(name, input, shape.OutHeight, shape.OutWidth, shape.OutChannels) { Convolution = shape, Weights = weights };

    public static SumStep OfPool(string name, CodeTensor input, PoolShape shape)
        => new(name, input, shape.OutHeight, shape.OutWidth, shape.Channels) { Pool = shape };

    public static SumStep OfCodes(string name, CodeTensor input) => new(name, input, input.Height, input.Width, input.Channels);

    /// <summary>Sum over a channel's weights of their magnitudes: |acc| is at most this times the largest |a − zero|.</summary>
    public long Magnitude(int channel)
    {
        if (Weights is null)
        {
            return Pool is { } pool ? (long)pool.KernelHeight * pool.KernelWidth : 1;
        }

        long sum = 0;
        foreach (sbyte code in Weights.Row(channel))
        {
            sum += Math.Abs((int)code);
        }

        return sum;
    }

    /// <summary>The largest |a − zero| of the input.</summary>
    public int InputMagnitude => Math.Max(Input.Grid.Zero, (1 << Input.Grid.Bits) - 1 - Input.Grid.Zero);
}
