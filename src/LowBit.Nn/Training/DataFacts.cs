using LowBit.Nn.Layers;

namespace LowBit.Nn.Training;

/// <summary>What a model must know about its data: sizes, classes and normalisation. Saved in checkpoints.</summary>
public sealed record DataFacts
{
    /// <summary>Number of classes, 2 or more.</summary>
    public int Classes { get; set; }

    /// <summary>Image rows.</summary>
    public int Height { get; set; }

    /// <summary>Image columns.</summary>
    public int Width { get; set; }

    /// <summary>Image channels.</summary>
    public int Channels { get; set; }

    /// <summary>One mean per channel, 0 to 1.</summary>
    public float[] Mean { get; set; } = [];

    /// <summary>One positive deviation per channel.</summary>
    public float[] Deviation { get; set; } = [];

    /// <summary>Names of the classes, or empty.</summary>
    public string[] ClassNames { get; set; } = [];

    /// <summary>Mean and deviation.</summary>
    /// <exception cref="ArgumentException">A number is outside its range.</exception>
    public InputNormalization Normalization() => new(Mean, Deviation);

    /// <summary>Throws unless the facts describe images.</summary>
    /// <exception cref="ArgumentException">A number is outside its range; the message says which.</exception>
    public void Validate()
    {
        if (Classes is < 2 or > 1_000_000 || Height is < 1 or > 65536 || Width is < 1 or > 65536 || Channels is < 1 or > 1024)
        {
            throw new ArgumentException($"data of {Classes} classes of {Height}x{Width}x{Channels} is outside what a model can be built for");
        }

        if (Normalization().Mean.Count != Channels)
        {
            throw new ArgumentException($"the normalisation has {Mean.Length} channels, the images have {Channels}");
        }

        ArgumentNullException.ThrowIfNull(ClassNames);
        if (ClassNames.Length != 0 && ClassNames.Length != Classes)
        {
            throw new ArgumentException($"{ClassNames.Length} class names for {Classes} classes; give one each or none");
        }
    }
}
