using System.CommandLine;

namespace LowBit.Cli.Hosting;

/// <summary>What a command must be told about a .safetensors file, which holds nothing but weights.</summary>
internal static class ForeignModelOptions
{
    /// <summary>The architecture.</summary>
    public static Option<string?> Model() => new("--model") { Description = "Architecture of a .safetensors file, for example resnet20" };

    /// <summary>How the images were normalised: the mean.</summary>
    public static Option<string?> Mean() => new("--mean") { Description = "Mean of each channel for a .safetensors file, for example 0.485,0.456,0.406 (the default)" };

    /// <summary>How the images were normalised: the deviation.</summary>
    public static Option<string?> Deviation() => new("--std") { Description = "Deviation of each channel for a .safetensors file, for example 0.229,0.224,0.225 (the default)" };
}
