using LowBit.Tensors;

namespace LowBit.Nn.PostTraining;

/// <summary>
/// Cross-layer equalisation: where two layers have only a ReLU (and poolings, quantizers) between them, channel i of the first is divided by
/// <c>s_i = √(r1_i / r2_i)</c> and column i of the second multiplied by it, with r1_i the range of row i of the first (its batch norm's
/// factor included) and r2_i that of column i of the second; both ranges become <c>√(r1_i·r2_i)</c>. Nagel et al. 2019, arXiv:1906.04721, section 4.1, eq. 11.
/// </summary>
/// <remarks>
/// A range is max|w|, as the grids are symmetric. The division goes into γ and β of the batch norm, so that the first layer's weights do not
/// change unless they are folded afterwards; without a norm it goes into weights and bias. Pairs of a chain influence each other: rounds
/// go on until no s differs from 1 by more than <see cref="Tolerance"/>, at most <see cref="Rounds"/>. Channels whose range is below
/// 10^−6 of their layer's largest are dead and keep their scale, since all they carry is a constant.
/// </remarks>
public static class CrossLayerEqualization
{
    /// <summary>Rounds over all pairs at most.</summary>
    public const int Rounds = 100;

    /// <summary>A round whose scales differ from 1 by less ends the search: about the rounding of float32.</summary>
    public const double Tolerance = 2e-7;

    private const double Dead = 1e-6;

    /// <summary>Equalises all pairs of a model.</summary>
    /// <param name="model">The float model; changed, its function not (but for float rounding).</param>
    /// <returns>How many pairs there are.</returns>
    /// <exception cref="ArgumentException">The model's structure is not known.</exception>
    public static int Equalize(Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        IReadOnlyList<(LayerSite First, LayerSite Second)> pairs = ModelStructure.Of(model).Pairs;
        for (int round = 0; round < Rounds; round++)
        {
            double change = 0;
            foreach ((LayerSite first, LayerSite second) in pairs)
            {
                change = Math.Max(change, Equalize(first, second));
            }

            if (change < Tolerance)
            {
                break;
            }
        }

        return pairs.Count;
    }

    /// <summary>Range of each output channel of a layer behind its batch norm.</summary>
    internal static double[] RowRanges(LayerSite site)
    {
        float[] weight = site.Weight.ToArray();
        (double[] factor, _) = site.Affine();
        int row = weight.Length / factor.Length;
        var ranges = new double[factor.Length];
        for (int i = 0; i < weight.Length; i++)
        {
            ranges[i / row] = Math.Max(ranges[i / row], Math.Abs(weight[i] * factor[i / row]));
        }

        return ranges;
    }

    /// <summary>Range of the weights that read each channel; a flattened image has the channel in the fastest place.</summary>
    internal static double[] ColumnRanges(LayerSite site, int channels)
    {
        float[] weight = site.Weight.ToArray();
        var ranges = new double[channels];
        for (int i = 0; i < weight.Length; i++)
        {
            int channel = ChannelOf(site, i, weight.Length, channels);
            ranges[channel] = Math.Max(ranges[channel], Math.Abs(weight[i]));
        }

        return ranges;
    }

    private static double Equalize(LayerSite first, LayerSite second)
    {
        double[] rows = RowRanges(first), columns = ColumnRanges(second, rows.Length);
        double largestRow = rows.Max(), largestColumn = columns.Max(), change = 0;
        var scale = new double[rows.Length];
        for (int c = 0; c < scale.Length; c++)
        {
            bool isDead = rows[c] <= Dead * largestRow || columns[c] <= Dead * largestColumn;
            scale[c] = isDead ? 1 : Math.Sqrt(rows[c] / columns[c]);
            change = Math.Max(change, Math.Abs(scale[c] - 1));
        }

        Divide(first, scale);
        float[] weight = second.Weight.ToArray();
        for (int i = 0; i < weight.Length; i++)
        {
            weight[i] = (float)(weight[i] * scale[ChannelOf(second, i, weight.Length, scale.Length)]);
        }

        second.Weight.CopyFrom(weight);
        return change;
    }

    private static void Divide(LayerSite site, double[] scale)
    {
        Tensor?[] targets = site.Norm is { } norm ? [norm.Gamma, norm.Beta] : [site.Weight, site.Bias];
        foreach (Tensor? target in targets)
        {
            if (target is null)
            {
                continue;
            }

            float[] values = target.ToArray();
            int row = values.Length / scale.Length;
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)(values[i] / scale[i / row]);
            }

            target.CopyFrom(values);
        }
    }

    /// <summary>The channel that a weight reads. Weights are <c>[out, …, in / groups]</c>, columns of a flattened image <c>pixel·channels + channel</c>.</summary>
    private static int ChannelOf(LayerSite site, int index, int length, int channels)
    {
        int column = index % site.InChannels;
        if (site.Groups > 1)
        {
            int row = index / (length / site.OutChannels);
            column += row / (site.OutChannels / site.Groups) * site.InChannels;
        }

        return column % channels;
    }
}
