using LowBit.Kernels.Devices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Nn.Lowering;
using LowBit.Tensors;

namespace LowBit.Nn.Layers;

/// <summary>
/// The 8-bit affine edge in front of the network: <c>q = clamp(round(x/s) + z, 0, 255)</c>, <c>y = s·(q − z)</c>. Step and zero
/// point are fixed by the normalisation's reachable range (the least and the greatest <c>(p/255 − mean)/deviation</c> over
/// bytes and channels) and are not trained; real zero is on the grid, so that padding has a code.
/// </summary>
public sealed class InputQuant : Module
{
    private readonly Tensor _step;

    /// <summary>Creates the edge.</summary>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="normalization">How bytes become real numbers.</param>
    public InputQuant(Device device, InputNormalization normalization)
        : base(device)
    {
        ArgumentNullException.ThrowIfNull(normalization);
        Normalization = normalization;
        float low = 0, high = 0;
        for (int c = 0; c < normalization.Mean.Count; c++)
        {
            low = MathF.Min(low, normalization.Apply(c, byte.MinValue));
            high = MathF.Max(high, normalization.Apply(c, byte.MaxValue));
        }

        Step = (high - low) / byte.MaxValue;
        ZeroPoint = (int)MathF.Round(-low / Step, MidpointRounding.ToEven);

        // No buffer: the normalisation decides it, so a checkpoint has nothing to say about it.
        _step = Tensor.Full(device, new Shape(1), Step).Persist();
    }

    /// <summary>How bytes become real numbers.</summary>
    public InputNormalization Normalization { get; }

    /// <summary>s, real units per code.</summary>
    public float Step { get; }

    /// <summary>z, the code of real zero, 0 to 255.</summary>
    public int ZeroPoint { get; }

    /// <summary>The code of a byte of a channel, exactly as <see cref="Forward"/> computes it from the normalised pixel.</summary>
    /// <param name="channel">Channel, from 0.</param>
    /// <param name="pixel">The byte.</param>
    public byte Code(int channel, byte pixel)
    {
        float rounded = MathF.Round(Normalization.Apply(channel, pixel) / Step, MidpointRounding.ToEven) + ZeroPoint;
        return (byte)Math.Clamp(rounded, byte.MinValue, byte.MaxValue);
    }

    /// <inheritdoc/>
    /// <remarks>No gradient flows to the input.</remarks>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        int channels = Normalization.Mean.Count;
        if (x.Shape.Rank == 0 || (x.Shape.Rank == 4 && x.Shape[-1] != channels))
        {
            throw new ArgumentException($"the input edge expects images of {channels} channels, [N, H, W, {channels}], got {x.Shape}", nameof(x));
        }

        Tensor y = Tensor.Allocate(Device, x.Shape);
        var shape = new FakeQuantShape(1, x.Length, byte.MinValue, byte.MaxValue, ZeroPoint);
        Device.FakeQuantForward<RoundHalfEven>(shape, x.Buffer, _step.Buffer, y.Buffer);
        return y;
    }

    /// <inheritdoc/>
    public override LoweredEdge Lower(LoweringContext context, LoweredEdge input)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(input);
        return input.Channels == Normalization.Mean.Count
            ? context.Input(Path, input, Step, ZeroPoint, Code)
            : throw new LoweringException(Path, $"it normalises {Normalization.Mean.Count} channels and the image has {input.Channels}");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _step.Dispose();
        }

        base.Dispose(disposing);
    }
}
