using LowBit.Nn.Training;
using LowBit.Quantization;
using LowBit.Quantization.Calibration;
using LowBit.Quantization.Methods;
using LowBit.Quantization.StepRules;
using LowBit.Tensors;

namespace LowBit.Nn.PostTraining;

/// <summary>
/// Turns a pretrained float model into a quantized one without training: equalise and fold (optional), calibrate the activations' steps on
/// images, choose the weights' steps and codes, put norms and biases right layer by layer (optional).
/// </summary>
/// <remarks>
/// The result is an ordinary quantized model, the one a recipe would build, whose weights are exactly <c>step·code</c>: evaluation, export and
/// verification need to know nothing of where it came from, and training may go on from it. Batch norms stay and go into multipliers and
/// offsets when the model is lowered. Activation steps come from the float model's values, all edges in one pass with an observer each; what works
/// layer by layer sees the quantized layers in front. Nothing here looks at labels.
/// </remarks>
public static class PostTrainingQuantizer
{
    /// <summary>Quantizes a model.</summary>
    /// <param name="reference">The float model; equalised and folded if the options say so, otherwise unchanged.</param>
    /// <param name="quantized">The same architecture with quantizers that keep steps (LSQ); receives everything. It ends in evaluation mode.</param>
    /// <param name="source">Calibration images, without augmentation; one epoch is read.</param>
    /// <param name="options">What to do.</param>
    /// <param name="log">Receives a line for each layer, or null.</param>
    /// <param name="token">Stops between batches and steps; <paramref name="quantized"/> is unusable then.</param>
    /// <exception cref="ArgumentException">Options, models or the number of images are wrong; the sentence says which.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static PostTrainingReport Run(
        Module reference, Module quantized, IBatchSource source, PostTrainingOptions options, Action<string>? log = null, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(quantized);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (source.Count < PostTrainingOptions.FewestImages)
        {
            throw new ArgumentException($"calibration needs {PostTrainingOptions.FewestImages} images or more, got {source.Count}", nameof(source));
        }

        List<(LayerSite Site, LayerSite Reference)> sites = Match(reference, quantized);
        reference.Evaluate();
        quantized.Evaluate();
        int pairs = options.Equalize ? CrossLayerEqualization.Equalize(reference) : 0;
        int folded = options.Fold ? BatchNormFolding.Fold(reference) : 0;
        Copy(reference, quantized);
        using var images = new CalibrationImages(quantized.Device, source, token);
        log?.Invoke($"calibrating activations on {source.Count} images");
        CalibrateActivations(quantized, images, options, token);
        StepRule rule = StepRuleFactory.Create(options.WeightMethod, options.Percentile);
        foreach ((LayerSite site, _) in sites)
        {
            site.Quantizer!.Calibrate(site.Weight, rule);
        }

        List<LayerReport> layers = options.AdaRound is null && !options.ReestimateNorms && !options.CorrectBias
            ? RoundAll(sites, options, token)
            : LayerByLayer(reference, quantized, sites, images, options, log, token);
        return new PostTrainingReport(source.Count, folded, pairs, layers);
    }

    private static List<LayerReport> RoundAll(List<(LayerSite Site, LayerSite Reference)> sites, PostTrainingOptions options, CancellationToken token)
    {
        var reports = new List<LayerReport>();
        foreach ((LayerSite site, LayerSite reference) in sites)
        {
            var work = new LayerWork(site.Layer.Device, options, site, reference, token);
            work.RoundToNearest();
            reports.Add(work.Report());
        }

        return reports;
    }

    private static List<LayerReport> LayerByLayer(
        Module reference, Module quantized, List<(LayerSite Site, LayerSite Reference)> sites, CalibrationImages images, PostTrainingOptions options, Action<string>? log, CancellationToken token)
    {
        var reports = new List<LayerReport>();
        using var run = new StagedRun(quantized, images.Batches);
        using var referenceRun = new StagedRun(reference, images.Batches);
        while (!run.IsAtEnd)
        {
            string stage = run.Stages[run.Current].Path;
            bool isShared = !referenceRun.IsAtEnd && referenceRun.Stages[referenceRun.Current].Path == stage;
            foreach (LayerSite site in LayerWork.SitesOf([.. sites.Select(pair => pair.Site)], stage))
            {
                var work = new LayerWork(quantized.Device, options, site, sites[reports.Count].Reference, token);
                if (options.AdaRound is null)
                {
                    work.RoundToNearest();
                }
                else
                {
                    work.LearnRounding(run, referenceRun, options.AdaRound, reports.Count);
                }

                if (options.ReestimateNorms || options.CorrectBias)
                {
                    work.Correct(run, referenceRun);
                }

                reports.Add(work.Report());
                log?.Invoke(Line(reports[^1], reports.Count, sites.Count));
            }

            run.Advance(token);
            if (isShared)
            {
                referenceRun.Advance(token);
            }
        }

        return reports;
    }

    private static string Line(LayerReport report, int number, int count)
    {
        string rounding = report.NearestLoss is { } nearest
            ? FormattableString.Invariant($", reconstruction {nearest:g3} with the nearest codes, {report.RoundedLoss:g3} learned ({report.CodesMoved} moved)")
            : "";
        return FormattableString.Invariant($"{number}/{count} {report.Path}: {report.WeightBits} bit, weight error {report.WeightError:p2}{rounding}");
    }

    /// <summary>One observer for each edge, all in one pass of the float values.</summary>
    private static void CalibrateActivations(Module model, CalibrationImages images, PostTrainingOptions options, CancellationToken token)
    {
        var activations = new List<ActivationQuantizer>();
        foreach ((string path, Quantizer quantizer) in model.Quantizers())
        {
            quantizer.Name = path;
            if (quantizer is WeightQuantizer weights)
            {
                weights.Enabled = false;
            }
            else if (quantizer is ActivationQuantizer { Source.IsFixed: false } activation)
            {
                activation.BeginCalibration(Observers.Create(options.ActivationMethod, options.Percentile));
                activations.Add(activation);
            }
        }

        foreach (Tensor batch in images.Batches)
        {
            token.ThrowIfCancellationRequested();
            using (NoGradient.Begin())
            using (TensorScope.Begin())
            {
                model.Forward(batch);
            }
        }

        foreach (ActivationQuantizer activation in activations)
        {
            activation.EndCalibration();
        }

        foreach ((_, Quantizer quantizer) in model.Quantizers())
        {
            quantizer.Enabled = true;
        }
    }

    /// <summary>The layers of both models by name; throws unless they are the same and have quantizers that keep their steps.</summary>
    private static List<(LayerSite Site, LayerSite Reference)> Match(Module reference, Module quantized)
    {
        IReadOnlyList<LayerSite> sites = ModelStructure.Of(quantized).Sites;
        Dictionary<string, LayerSite> references = ModelStructure.Of(reference).Sites.ToDictionary(site => site.Path);
        if (references.Count != sites.Count)
        {
            throw new ArgumentException($"the float model has {references.Count} layers with weights, the quantized one {sites.Count}; build both from one architecture");
        }

        var pairs = new List<(LayerSite, LayerSite)>();
        foreach (LayerSite site in sites)
        {
            if (!references.TryGetValue(site.Path, out LayerSite? twin) || twin.Weight.Shape != site.Weight.Shape)
            {
                throw new ArgumentException($"the float model has no layer '{site.Path}' with weights {site.Weight.Shape}; build both models from one architecture");
            }

            if (site.Quantizer is null || twin.Quantizer is not null)
            {
                throw new ArgumentException($"layer '{site.Path}' needs float weights in the first model and a weight quantizer in the second");
            }

            if (site.Quantizer.Kind != Lsq.Kind)
            {
                throw new ArgumentException($"the weight quantizer of layer '{site.Path}' is of method {site.Quantizer.Kind}; only {Lsq.Kind} quantizers keep the steps that they are given");
            }

            pairs.Add((site, twin));
        }

        return pairs;
    }

    /// <summary>Copies weights, norms and statistics by name.</summary>
    private static void Copy(Module reference, Module quantized)
    {
        Dictionary<string, Tensor> targets = quantized.Parameters().Select(p => (p.Name, p.Tensor))
            .Concat(quantized.Buffers().Select(b => (b.Name, b.Tensor))).ToDictionary(pair => pair.Name, pair => pair.Tensor);
        foreach ((string name, Tensor tensor) in reference.Parameters().Select(p => (p.Name, p.Tensor)).Concat(reference.Buffers().Select(b => (b.Name, b.Tensor))))
        {
            if (!targets.TryGetValue(name, out Tensor? target) || target.Shape != tensor.Shape)
            {
                throw new ArgumentException($"the quantized model has no '{name}' of shape {tensor.Shape}; build both models from one architecture");
            }

            target.CopyFrom(tensor);
        }
    }
}
