using FsCheck;
using FsCheck.Fluent;
using LowBit.Tensors;
using Xunit;

namespace LowBit.Quantization.Tests;

/// <summary>What holds for every method, every width and every value.</summary>
public sealed class QuantizerPropertyTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithReplay(20261121, 5).WithMaxTest(60);

    private static readonly Gen<float[]> s_values =
        from size in Gen.Choose(1, 60)
        from exponent in Gen.Choose(-12, 12)
        from mantissas in Gen.Choose(-(1 << 23), 1 << 23).ArrayOf(size)
        select Array.ConvertAll(mantissas, m => MathF.ScaleB(m, exponent - 23));

    [Fact]
    public void Weights_take_the_nearest_level_and_keep_it()
    {
        var options = Samples.WeightOptions().Where(static o => !o.PerChannel && o.Method is "lsq" or "uniform").ToArray();
        Check.One(s_config, Prop.ForAll(s_values.ToArbitrary(), x =>
        {
            foreach (QuantizerOptions o in options)
            {
                using TensorScope scope = TensorScope.Begin();
                using WeightQuantizer quantizer = QuantizerFactory.Weight(o, Samples.Device, new Shape(1, x.Length));
                float[] y = quantizer.Apply(Tensor.FromArray(Samples.Device, x, 1, x.Length)).ToArray();
                CheckNearest(quantizer, x, y, quantizer.Step.Item());
            }
        }));
    }

    [Fact]
    public void Activations_take_the_nearest_level_and_keep_it()
    {
        QuantizerOptions[] options = [.. Samples.ActivationOptions()];
        Check.One(s_config, Prop.ForAll(s_values.ToArbitrary(), x =>
        {
            foreach (QuantizerOptions o in options)
            {
                using TensorScope scope = TensorScope.Begin();
                using ActivationQuantizer quantizer = QuantizerFactory.Activation(o, Samples.Device);
                Tensor input = Tensor.FromArray(Samples.Device, x, 1, x.Length);
                float[] y = quantizer.Apply(input).ToArray();
                if (quantizer.ExportIntake() != (0, quantizer.Step.Item()))
                {
                    // EWGS and QIL map an interval of their own: nearness holds there, which their own tests show.
                    continue;
                }

                CheckNearest(quantizer, x, y, quantizer.Step.Item());
                using (NoGradient.Begin())
                {
                    // A level is its own nearest level.
                    Assert.Equal(y, quantizer.Apply(Tensor.FromArray(Samples.Device, y, 1, y.Length)).ToArray());
                }
            }
        }));
    }

    private static void CheckNearest(Quantizer quantizer, float[] x, float[] y, float step)
    {
        int low = quantizer.Range.Low - quantizer.ZeroPoint;
        int high = quantizer.Range.High - quantizer.ZeroPoint;
        for (int i = 0; i < x.Length; i++)
        {
            double clipped = Math.Clamp((double)x[i], (double)low * step, (double)high * step);
            // Half the distance of two levels, and the roundings of one division and one product, 2^-24 each, of at most 255 steps.
            double slack = step * ((quantizer.Range.Stride / 2.0) + (255 * 4.0 / (1 << 24)));
            Assert.InRange(y[i], clipped - slack, clipped + slack);
        }
    }
}
