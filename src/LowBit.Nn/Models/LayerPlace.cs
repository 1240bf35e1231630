namespace LowBit.Nn.Models;

/// <summary>Where a layer stands in its model; the policy may treat the ends differently.</summary>
internal enum LayerPlace
{
    /// <summary>Fed by the image.</summary>
    First,

    /// <summary>Between the ends.</summary>
    Inner,

    /// <summary>Makes the logits.</summary>
    Last,
}
