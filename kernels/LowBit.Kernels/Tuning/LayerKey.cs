using System.Globalization;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Ranges;

namespace LowBit.Kernels.Tuning;

/// <summary>What a measured cost belongs to: the sizes of a layer, its batch included, and the widths of its codes.</summary>
/// <param name="Shape">Sizes; a linear layer is a 1×1 convolution over <c>[batch, 1, 1, in]</c>.</param>
/// <param name="WeightBits">Width of the weight codes, 1 to 8.</param>
/// <param name="ActivationBits">Width of the activation codes, 1 to 8.</param>
public readonly record struct LayerKey(ConvShape Shape, int WeightBits, int ActivationBits)
{
    private const int Fields = 12;

    /// <summary>The key of a layer with its proof.</summary>
    /// <param name="shape">Sizes, the batch included.</param>
    /// <param name="proof">The proof, which gives the widths.</param>
    public static LayerKey Of(in ConvShape shape, RangeProof proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        return new LayerKey(shape, proof.WeightBits, proof.ActivationBits);
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <param name="text">Twelve numbers: batch, height, width, in, out, kernel height, kernel width, stride, padding, groups, weight bits, activation bits.</param>
    /// <exception cref="FormatException">There are not twelve numbers, or they describe no layer.</exception>
    public static LayerKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var n = new int[Fields];
        for (int i = 0; i < Fields; i++)
        {
            if (parts.Length != Fields || !int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out n[i]))
            {
                throw new FormatException($"'{text}' is not a layer: {Fields} numbers are needed");
            }
        }

        var shape = new ConvShape(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9]);
        if (n[10] is < 1 or > 8 || n[11] is < 1 or > 8)
        {
            throw new FormatException($"'{text}' is not a layer: codes have 1 to 8 bits");
        }

        try
        {
            shape.Validate();
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"'{text}' is not a layer: {e.Message}", e);
        }

        return new LayerKey(shape, n[10], n[11]);
    }

    /// <summary>The twelve numbers that <see cref="Parse"/> reads.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Shape.Batch} {Shape.Height} {Shape.Width} {Shape.InChannels} {Shape.OutChannels} {Shape.KernelHeight} {Shape.KernelWidth} {Shape.Stride} {Shape.Padding} {Shape.Groups} {WeightBits} {ActivationBits}");
}
