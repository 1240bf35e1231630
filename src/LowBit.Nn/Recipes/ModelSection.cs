namespace LowBit.Nn.Recipes;

/// <summary>The <c>model</c> part of a recipe.</summary>
public sealed record ModelSection
{
    /// <summary>Architecture: <c>mlp</c>, <c>lenet5</c>, <c>vgg7</c> or <c>resnet</c>.</summary>
    public string Kind { get; set; } = "lenet5";

    /// <summary>Channels of the first convolution (LeNet-5 32, VGG-7 128, ResNet 16); 0 for the paper's.</summary>
    public int Width { get; set; }

    /// <summary>ResNet: layers, 6·n + 2.</summary>
    public int Depth { get; set; } = 20;

    /// <summary>ResNet: <c>A</c> (zero padding) or <c>B</c> (1×1 convolution) where a block changes the shape.</summary>
    public string Shortcut { get; set; } = "A";

    /// <summary>MLP: sizes of the hidden layers.</summary>
    public int[] Hidden { get; set; } = [256, 256];

    internal void Validate()
    {
        Demand.Word("model.kind", Kind, ["mlp", "lenet5", "vgg7", "resnet"]);
        Demand.Word("model.shortcut", Shortcut, ["A", "B"]);
        Demand.Range("model.width", Width, 0, 4096);
        Demand.Range("model.depth", Depth, 8, 6002);
        Demand.Range("model.hidden (count)", Hidden.Length, 1, 64);
        foreach (int size in Hidden)
        {
            Demand.Range("model.hidden", size, 1, 65536);
        }
    }
}
