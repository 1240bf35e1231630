using LowBit.Quantization;

namespace LowBit.Nn.Layers;

/// <summary>Sizes and quantizers of an <see cref="InvertedResidual"/>.</summary>
/// <param name="InChannels">Channels of the input.</param>
/// <param name="OutChannels">Channels of the output.</param>
/// <param name="Stride">Stride of the depthwise convolution.</param>
/// <param name="Expansion">Factor t on the channels inside the block; with 1 there is no expanding convolution.</param>
/// <param name="Weights">Weight quantizer of the convolutions; null for float.</param>
/// <param name="Input">Quantizer of the first convolution's input: signed behind a linear bottleneck; null for float.</param>
/// <param name="Residual">Quantizer of the shortcut's input; equal to <paramref name="Input"/> to share one unless <see cref="HasOwnResidual"/>; null for float.</param>
/// <param name="Inner">Quantizer of the edges behind the ReLU6s; null for float.</param>
public readonly record struct InvertedResidualOptions(
    int InChannels, int OutChannels, int Stride, int Expansion,
    QuantizerOptions? Weights = null, QuantizerOptions? Input = null, QuantizerOptions? Residual = null, QuantizerOptions? Inner = null)
{
    /// <summary>Weight quantizer of the depthwise convolution; null for that of <see cref="Weights"/>.</summary>
    public QuantizerOptions? DepthwiseWeights { get; init; }

    /// <summary>Weight quantizer of the last convolution; null for that of <see cref="Weights"/>.</summary>
    public QuantizerOptions? ProjectionWeights { get; init; }

    /// <summary>Quantizer of the last convolution's input; null for that of <see cref="Inner"/>.</summary>
    public QuantizerOptions? ProjectionInput { get; init; }

    /// <summary>True when the shortcut never shares the first convolution's quantizer, even where their options are equal.</summary>
    public bool HasOwnResidual { get; init; }

    /// <summary>True when input and output are added: they have the same shape.</summary>
    public bool HasShortcut => Stride == 1 && InChannels == OutChannels;
}
