using LowBit.Nn.Layers;

namespace LowBit.Nn.Models;

/// <summary>What every model needs to know to be built.</summary>
public sealed record ModelOptions
{
    /// <summary>Number of logits, 2 or more.</summary>
    public required int Classes { get; init; }

    /// <summary>Image rows.</summary>
    public required int Height { get; init; }

    /// <summary>Image columns.</summary>
    public required int Width { get; init; }

    /// <summary>Image channels.</summary>
    public required int Channels { get; init; }

    /// <summary>How bytes become numbers; a quantized model needs it for its input edge.</summary>
    public required InputNormalization Normalization { get; init; }

    /// <summary>Bits and method of every part, or null for a float model.</summary>
    public QuantizationPolicy? Quantization { get; init; }

    /// <summary>Seed of the starting weights.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Throws unless the numbers describe a model's ends.</summary>
    /// <exception cref="ArgumentException">A size is below 1, or the normalisation has another number of channels.</exception>
    public void Validate()
    {
        if (Classes < 2 || Height < 1 || Width < 1 || Channels < 1)
        {
            throw new ArgumentException($"a model needs 2 classes or more and an image of at least 1x1x1, got {Classes} classes of {Height}x{Width}x{Channels}");
        }

        ArgumentNullException.ThrowIfNull(Normalization);
        if (Normalization.Mean.Count != Channels)
        {
            throw new ArgumentException($"the normalisation has {Normalization.Mean.Count} channels, the image has {Channels}");
        }

        Quantization?.Validate();
    }
}
