namespace LowBit.Data.Augmentation;

/// <summary>What is done to training images; the default does nothing.</summary>
/// <param name="PadCrop">
/// Pixels of padding (black) on every side before a crop of the original size at a random place: He et al. 2016 use 4 for CIFAR. 0 switches it off.
/// </param>
/// <param name="Flip">True: left and right change places in half of the images.</param>
/// <param name="Brightness">Adds a uniform number from −Brightness to +Brightness (pixel units, 0..255) to every pixel. 0 switches it off.</param>
public sealed record AugmentationOptions(int PadCrop = 0, bool Flip = false, int Brightness = 0)
{
    /// <summary>Nothing is changed.</summary>
    public static AugmentationOptions None { get; } = new();

    /// <summary>True when nothing is changed.</summary>
    public bool IsNone => PadCrop == 0 && !Flip && Brightness == 0;
}
