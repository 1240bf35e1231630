using LowBit.Quantization;

namespace LowBit.Nn.Layers;

/// <summary>Sizes and quantizers of a <see cref="BasicBlock"/>.</summary>
/// <param name="InChannels">Channels of the input.</param>
/// <param name="OutChannels">Channels of the output; at least <paramref name="InChannels"/> for an option-A shortcut.</param>
/// <param name="Stride">Stride of the first convolution and of the shortcut.</param>
/// <param name="Projection">True for an option-B shortcut (1×1 convolution) where the shape changes, false for option A.</param>
/// <param name="Weights">Weight quantizer of the convolutions; null for float.</param>
/// <param name="Activations">Quantizer of the convolutions' inputs; null for float.</param>
/// <param name="Residual">Quantizer of the shortcut's input; equal to <paramref name="Activations"/> to share one unless <see cref="HasOwnResidual"/>; null for float.</param>
/// <param name="Shortcut">Signed quantizer of an option-B shortcut's output; null for float.</param>
public readonly record struct BasicBlockOptions(
    int InChannels, int OutChannels, int Stride, bool Projection,
    QuantizerOptions? Weights = null, QuantizerOptions? Activations = null, QuantizerOptions? Residual = null, QuantizerOptions? Shortcut = null)
{
    /// <summary>Weight quantizer of the second convolution; null for that of <see cref="Weights"/>.</summary>
    public QuantizerOptions? SecondWeights { get; init; }

    /// <summary>Weight quantizer of an option-B shortcut's convolution; null for that of <see cref="Weights"/>.</summary>
    public QuantizerOptions? ShortcutWeights { get; init; }

    /// <summary>Quantizer of the edge between the convolutions; null for that of <see cref="Activations"/>.</summary>
    public QuantizerOptions? InnerActivations { get; init; }

    /// <summary>True when the shortcut never shares the first convolution's quantizer, even where their options are equal.</summary>
    public bool HasOwnResidual { get; init; }

    /// <summary>True when the shortcut is a 1×1 convolution.</summary>
    public bool IsProjected => Projection && ChangesShape;

    /// <summary>True when the block halves the image or grows the channels, so that its shortcut is no identity.</summary>
    public bool ChangesShape => Stride != 1 || InChannels != OutChannels;
}
