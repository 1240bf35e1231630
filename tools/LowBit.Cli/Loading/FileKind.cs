namespace LowBit.Cli.Loading;

/// <summary>The model files that commands read.</summary>
internal enum FileKind
{
    Checkpoint,
    IntegerModel,
    Safetensors,
}
