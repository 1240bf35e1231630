using LowBit.Quantization.Calibration;

namespace LowBit.Quantization.StepRules;

/// <summary>The step of ACIQ's analytic clipping (arXiv:1810.05723) on the exact values, as <see cref="AciqObserver"/> defines it.</summary>
public sealed class AciqStep : StepRule
{
    private readonly ClippingModel _model;

    /// <summary>Chooses the density.</summary>
    /// <param name="model">Laplace or Gauss.</param>
    public AciqStep(ClippingModel model)
    {
        _model = model;
    }

    /// <inheritdoc/>
    public override string Name => _model == ClippingModel.Laplace ? "aciq-laplace" : "aciq-gauss";

    /// <inheritdoc/>
    protected override double Estimate(ReadOnlySpan<float> values, CodeRange range, int zeroPoint)
    {
        if (values.IsEmpty)
        {
            return 0;
        }

        if (range.Low >= zeroPoint)
        {
            var observer = new AciqObserver(_model);
            observer.Observe(values);
            return observer.Step(range, zeroPoint);
        }

        var moments = new SortedMoments(values);
        double widest = SymmetricSteps.Cover(moments.Low, moments.High, range, zeroPoint);
        return Math.Min(AciqObserver.TwoSided(moments, _model, range) / (range.High - zeroPoint), widest);
    }
}
