namespace LowBit.Nn.Lowering.Graph;

/// <summary>A tensor of unsigned codes between two steps: real value = scale · (code − zero).</summary>
internal sealed class CodeTensor(string name, int height, int width, int channels, CodeGrid grid)
{
    public string Name { get; } = name;

    public int Height { get; } = height;

    public int Width { get; } = width;

    public int Channels { get; } = channels;

    public CodeGrid Grid { get; } = grid;

    public int Length => Height * Width * Channels;
}
