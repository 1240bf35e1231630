namespace LowBit.Nn.Recipes;

/// <summary>The <c>model</c> part of a recipe.</summary>
public sealed record ModelSection
{
    /// <summary>Architecture: <c>mlp</c>, <c>lenet5</c>, <c>vgg7</c>, <c>resnet</c> or <c>mobilenetv2</c>.</summary>
    public string Kind { get; set; } = "lenet5";

    /// <summary>Channels of the first convolution (LeNet-5 32, VGG-7 128, ResNet 16); 0 for the paper's. MobileNetV2 has <see cref="Multiplier"/> instead.</summary>
    public int Width { get; set; }

    /// <summary>MobileNetV2: factor on all channels, rounded to multiples of 8; 0.05 to 4.</summary>
    public double Multiplier { get; set; } = 1;

    /// <summary>ResNet: layers, 6·n + 2.</summary>
    public int Depth { get; set; } = 20;

    /// <summary>ResNet: <c>A</c> (zero padding) or <c>B</c> (1×1 convolution) where a block changes the shape.</summary>
    public string Shortcut { get; set; } = "A";

    /// <summary>MLP: sizes of the hidden layers.</summary>
    public int[] Hidden { get; set; } = [256, 256];

    /// <summary>Throws unless every number is inside its range; <paramref name="key"/> is where the section stands.</summary>
    internal void Validate(string key = "model")
    {
        Demand.Word($"{key}.kind", Kind, ["mlp", "lenet5", "vgg7", "resnet", "mobilenetv2"]);
        Demand.Word($"{key}.shortcut", Shortcut, ["A", "B"]);
        Demand.Range($"{key}.width", Width, 0, 4096);
        Demand.Range($"{key}.depth", Depth, 8, 6002);
        if (!(Multiplier >= 0.05 && Multiplier <= 4))
        {
            throw new ArgumentException($"{key}.multiplier is {Multiplier}; it must be 0.05 to 4");
        }

        if (Kind == "mobilenetv2" ? Width != 0 : Multiplier != 1)
        {
            throw new ArgumentException(Kind == "mobilenetv2"
                ? $"{key}.width is {Width}; the width of mobilenetv2 is set by {key}.multiplier, leave it out"
                : $"{key}.multiplier is {Multiplier}; only mobilenetv2 has one, set the width of {Kind} by {key}.width");
        }

        if (Hidden is null)
        {
            throw new ArgumentException($"{key}.hidden is null; leave it out for its default");
        }

        Demand.Range($"{key}.hidden (count)", Hidden.Length, 1, 64);
        foreach (int size in Hidden)
        {
            Demand.Range($"{key}.hidden", size, 1, 65536);
        }
    }
}
