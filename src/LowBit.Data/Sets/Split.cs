namespace LowBit.Data.Sets;

/// <summary>Which half of a data set: what is learned from, or what is measured on.</summary>
public enum Split
{
    /// <summary>The training images.</summary>
    Train,

    /// <summary>The test images, never trained on.</summary>
    Test,
}
