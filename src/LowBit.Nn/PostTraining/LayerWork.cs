using LowBit.Kernels.Devices;
using LowBit.Quantization;
using LowBit.Tensors;

namespace LowBit.Nn.PostTraining;

/// <summary>What is done to one layer: its weights become codes, its norm and its constants are put right.</summary>
internal sealed class LayerWork(Device device, PostTrainingOptions options, LayerSite site, LayerSite reference, CancellationToken token)
{
    private double _weightError;
    private double? _nearestLoss;
    private double? _roundedLoss;
    private int _codesMoved;
    private double _largestShift;

    /// <summary>The sites of a stage, in the order of the list.</summary>
    public static IEnumerable<LayerSite> SitesOf(IReadOnlyList<LayerSite> sites, string stage)
        => sites.Where(site => site.Path == stage || site.Path.StartsWith($"{stage}.", StringComparison.Ordinal));

    public LayerReport Report() => new(site.Path, site.Quantizer!.Bits, _weightError, _nearestLoss, _roundedLoss, _codesMoved, _largestShift);

    /// <summary>Nearest codes; the weights become what the codes stand for.</summary>
    public void RoundToNearest()
    {
        WeightQuantizer quantizer = site.Quantizer!;
        (sbyte[] codes, float[] steps) = quantizer.Export(site.Weight);
        if (options.CorrectWeights)
        {
            float[] weights = site.Weight.ToArray();
            int shared = weights.Length / steps.Length;
            for (int c = 0; c < steps.Length; c++)
            {
                steps[c] = WeightCorrection.Step(weights.AsSpan(c * shared, shared), codes.AsSpan(c * shared, shared), steps[c]);
            }

            quantizer.SetSteps(steps);
        }

        Store(codes, steps);
    }

    /// <summary>AdaRound with the inputs of the quantized model and the outputs of the float one.</summary>
    public void LearnRounding(StagedRun run, StagedRun referenceRun, AdaRoundOptions rounding, int layer)
    {
        PositionSampler sampler = Sample(run, referenceRun, rounding, layer);
        (double[] factor, double[] shift) = reference.Affine();
        float[]? bias = site.Bias?.ToArray();
        float[] weights = site.Weight.ToArray();
        (sbyte[] nearest, float[] steps) = site.Quantizer!.Export(site.Weight);
        CodeRange range = site.Quantizer.Range;
        var codes = new sbyte[weights.Length];
        int channels = site.OutChannels / site.Groups, length = weights.Length / site.OutChannels;
        (_nearestLoss, _roundedLoss) = (0, 0);
        for (int g = 0; g < site.Groups; g++)
        {
            int first = g * channels;
            var problem = new RoundingProblem
            {
                Inputs = [.. sampler.Inputs[g]],
                Targets = Targets(sampler, first, channels, factor, shift),
                Positions = sampler.Positions,
                Length = length,
                Channels = channels,
                Weights = weights[(first * length)..((first + channels) * length)],
                Steps = [.. Enumerable.Range(first, channels).Select(c => steps[steps.Length == 1 ? 0 : c])],
                Factors = [.. Enumerable.Range(first, channels).Select(c => (float)factor[c])],
                Shifts = [.. Enumerable.Range(first, channels).Select(c => (float)(shift[c] + (factor[c] * (bias?[c] ?? 0))))],
                IsRectified = site.IsRectified,
                Cap = site.Cap,
                Low = range.Low,
                Stride = range.Stride,
                Levels = range.Levels,
            };
            sampler.Inputs[g].Clear();
            (sbyte[] chosen, double before, double after) = AdaRound.Solve(device, problem, rounding, token);
            chosen.CopyTo(codes, first * length);
            _nearestLoss += before;
            _roundedLoss += after;
        }

        for (int i = 0; i < codes.Length; i++)
        {
            _codesMoved += codes[i] != nearest[i] ? 1 : 0;
        }

        Store(codes, steps);
    }

    /// <summary>Statistics of the norm from the quantized layer, then the mean of each output channel as in the float model.</summary>
    public void Correct(StagedRun run, StagedRun referenceRun)
    {
        var moments = new ChannelMoments(site.OutChannels);
        run.Visit(site.Layer, (_, y) => moments.Add(y), token);
        if (options.ReestimateNorms && site.Norm is not null)
        {
            BatchNormReestimation.Set(site.Norm, moments);
        }

        if (!options.CorrectBias)
        {
            return;
        }

        var wanted = new ChannelMoments(site.OutChannels);
        referenceRun.Visit(reference.Layer, (_, y) => wanted.Add(y), token);
        (double[] factor, double[] shift) = site.Affine();
        (double[] wantedFactor, double[] wantedShift) = reference.Affine();
        var correction = new double[site.OutChannels];
        for (int c = 0; c < correction.Length; c++)
        {
            correction[c] = (wantedFactor[c] * wanted.Mean(c)) + wantedShift[c] - ((factor[c] * moments.Mean(c)) + shift[c]);
            _largestShift = Math.Max(_largestShift, Math.Abs(correction[c]));
        }

        if (!site.AddShift(correction))
        {
            _largestShift = 0;
        }
    }

    private PositionSampler Sample(StagedRun run, StagedRun referenceRun, AdaRoundOptions rounding, int layer)
    {
        var sampler = new PositionSampler(site, run.Images, rounding, (ulong)layer);
        float[] input = [], output = [];
        Shape? shape = null;
        site.Layer.Probe = (x, _) => (input, shape) = (x.ToArray(), x.Shape);
        reference.Layer.Probe = (_, y) => output = y.ToArray();
        try
        {
            for (int b = 0; b < run.Batches; b++)
            {
                token.ThrowIfCancellationRequested();
                run.Visit(b);
                referenceRun.Visit(b);
                sampler.Take(input, shape!, output);
            }
        }
        finally
        {
            site.Layer.Probe = null;
            reference.Layer.Probe = null;
        }

        return sampler;
    }

    /// <summary>What the float model has at the sampled positions behind norm and activation.</summary>
    private float[] Targets(PositionSampler sampler, int first, int channels, double[] factor, double[] shift)
    {
        var targets = new float[sampler.Positions * channels];
        for (int p = 0; p < sampler.Positions; p++)
        {
            for (int c = 0; c < channels; c++)
            {
                double real = (factor[first + c] * sampler.Outputs[(p * site.OutChannels) + first + c]) + shift[first + c];
                targets[(p * channels) + c] = (float)site.Activate(real);
            }
        }

        return targets;
    }

    /// <summary>Writes the weights that the codes stand for, so that the quantizer gives these codes again.</summary>
    private void Store(sbyte[] codes, float[] steps)
    {
        float[] weights = site.Weight.ToArray();
        int shared = weights.Length / steps.Length;
        double error = 0, energy = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            float rounded = steps[i / shared] * codes[i];
            error += ((double)weights[i] - rounded) * ((double)weights[i] - rounded);
            energy += (double)weights[i] * weights[i];
            weights[i] = rounded;
        }

        _weightError = energy > 0 ? error / energy : 0;
        site.Weight.CopyFrom(weights);
    }
}
