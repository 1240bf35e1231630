using LowBit.Tensors;
using Xunit;

namespace LowBit.Quantization.Tests;

public sealed class QuantizerStateTests
{
    public static TheoryData<string> Methods => [.. QuantizerFactory.Methods];

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_loaded_activation_quantizer_continues_as_the_saved_one(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        var options = new QuantizerOptions { Method = method, Bits = 3 };
        using ActivationQuantizer saved = QuantizerFactory.Activation(options, Samples.Device);
        saved.Apply(Tensor.FromArray(Samples.Device, Samples.Normal(60, 1), 2, 30));
        saved.Apply(Tensor.FromArray(Samples.Device, Samples.Normal(60, 2), 2, 30));

        using ActivationQuantizer loaded = QuantizerFactory.Activation(options, Samples.Device);
        loaded.LoadState(saved.SaveState().ToDictionary(static p => p.Name, static p => p.Tensor));
        Assert.Equal(saved.IsInitialized, loaded.IsInitialized);
        for (int seed = 3; seed < 6; seed++)
        {
            Tensor x = Tensor.FromArray(Samples.Device, Samples.Normal(60, seed, seed), 2, 30);
            Assert.Equal(saved.Apply(x).ToArray(), loaded.Apply(x).ToArray());
        }

        Assert.Equal(saved.Export(), loaded.Export());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_loaded_weight_quantizer_continues_as_the_saved_one(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        var options = new QuantizerOptions { Method = method, Bits = 2, PerChannel = true };
        using WeightQuantizer saved = QuantizerFactory.Weight(options, Samples.Device, new Shape(3, 20));
        saved.Apply(Tensor.FromArray(Samples.Device, Samples.Normal(60, 1), 3, 20));
        using WeightQuantizer loaded = QuantizerFactory.Weight(options, Samples.Device, new Shape(3, 20));
        loaded.LoadState(saved.SaveState().ToDictionary(static p => p.Name, static p => p.Tensor));
        Tensor w = Tensor.FromArray(Samples.Device, Samples.Normal(60, 2, 3), 3, 20);
        Assert.Equal(saved.Apply(w).ToArray(), loaded.Apply(w).ToArray());
    }

    [Fact]
    public void State_of_another_shape_or_method_is_rejected_and_changes_nothing()
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer one = QuantizerFactory.Weight(new QuantizerOptions(), Samples.Device, new Shape(3, 4));
        using WeightQuantizer many = QuantizerFactory.Weight(new QuantizerOptions { PerChannel = true }, Samples.Device, new Shape(3, 4));
        Tensor w = Tensor.FromArray(Samples.Device, Samples.Normal(12, 1), 3, 4);
        one.Apply(w);
        many.Apply(w);
        float[] before = many.Step.ToArray();
        var shape = Assert.Throws<ArgumentException>(() => many.LoadState(one.SaveState().ToDictionary(static p => p.Name, static p => p.Tensor)));
        Assert.Contains("'step'", shape.Message, StringComparison.Ordinal);
        var name = Assert.Throws<ArgumentException>(() => many.LoadState(new Dictionary<string, Tensor>()));
        Assert.Contains("lacks 'step'", name.Message, StringComparison.Ordinal);
        Assert.Equal(before, many.Step.ToArray());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void State_goes_on_in_the_same_form_alone(string method)
    {
        var options = new QuantizerOptions { Method = method, PerChannel = true };
        using WeightQuantizer own = Weights(options);
        own.Apply(Tensor.FromArray(Samples.Device, Samples.Normal(60, 1), 3, 20));
        using WeightQuantizer same = Weights(options), fewer = Weights(options with { Bits = 2 }), shared = Weights(options with { PerChannel = false });
        using WeightQuantizer other = Weights(options with { Method = method == "lsq" ? "dsq" : "lsq" });
        Assert.Null(same.StateMismatch(own));
        Assert.Equal("4 bit there, 2 bit here", fewer.StateMismatch(own));
        Assert.Equal("3 steps there, 1 here", shared.StateMismatch(own));
        Assert.EndsWith("here", other.StateMismatch(own), StringComparison.Ordinal);

        // What the steps of activations learn moves their zero point, and stays theirs.
        using ActivationQuantizer input = QuantizerFactory.Activation(options, Samples.Device), next = QuantizerFactory.Activation(options, Samples.Device);
        input.Apply(Tensor.FromArray(Samples.Device, Samples.Normal(60, 1), 2, 30));
        Assert.Null(next.StateMismatch(input));
    }

    [Fact]
    public void State_of_another_grid_sign_rule_or_clipping_is_told()
    {
        var options = new QuantizerOptions { Method = "lsq", Bits = 3 };
        using WeightQuantizer narrow = Weights(options), full = Weights(options with { Grid = WeightGrid.Full }), start = Weights(options with { Init = "mse" });
        Assert.Equal("codes -3..3 with zero at 0 there, -4..3 with 0 here", full.StateMismatch(narrow));
        Assert.Null(start.StateMismatch(narrow));
        using ActivationQuantizer positive = QuantizerFactory.Activation(options, Samples.Device), signed = QuantizerFactory.Activation(options with { Signed = true }, Samples.Device);
        Assert.Equal("codes 0..7 with zero at 0 there, 0..7 with 4 here", signed.StateMismatch(positive));
        QuantizerOptions uniform = options with { Method = "uniform" };
        using ActivationQuantizer tracked = QuantizerFactory.Activation(uniform, Samples.Device), stored = QuantizerFactory.Activation(uniform with { Init = "mse" }, Samples.Device);
        Assert.Equal("TrackedStep there, StoredStep here", stored.StateMismatch(tracked));

        QuantizerOptions wide = options with { Widths = [2, 3, 4] };
        using WeightQuantizer table = Weights(wide), table4 = Weights(wide with { Bits = 4 }), more = Weights(options with { Widths = [2, 3, 4, 5] });
        using WeightQuantizer function = Weights(wide with { Clipping = ClippingForm.Function }), shared = Weights(wide with { Clipping = ClippingForm.Shared });
        Assert.Null(table4.StateMismatch(table));
        Assert.Equal("3 bit there, 2, 3, 4 bit here", table.StateMismatch(narrow));
        Assert.Equal("2, 3, 4 bit there, 2, 3, 4, 5 bit here", more.StateMismatch(table));
        Assert.Equal("LearnedStep there, CurvedStep here", function.StateMismatch(table));
        Assert.Equal("level, slope, initialized there, level, initialized here", shared.StateMismatch(function));
    }

    [Theory]
    [InlineData("lsq", "step", "step,initialized")]
    [InlineData("pact", "alpha", "alpha,initialized")]
    [InlineData("uniform", "", "initialized,step,extremes")]
    [InlineData("dorefa", "", "initialized")]
    [InlineData("lsq+", "step,offset", "step,offset,initialized")]
    [InlineData("pact-sawb", "alpha", "alpha,initialized")]
    [InlineData("apot", "alpha", "alpha,initialized")]
    [InlineData("ewgs", "lower,upper", "lower,upper,initialized,scale")]
    [InlineData("dsq", "upper,alpha", "upper,alpha,initialized")]
    [InlineData("qil", "center,width", "center,width,initialized,scale")]
    [InlineData("weightnorm", "alpha", "alpha,initialized")]
    public void State_has_stable_names(string method, string learned, string all)
    {
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions { Method = method }, Samples.Device);
        Assert.Equal(learned, string.Join(',', quantizer.Parameters().Select(static p => p.Name)));
        Assert.Equal(all, string.Join(',', quantizer.SaveState().Select(static p => p.Name)));
        Assert.All(quantizer.Parameters(), static p => Assert.True(p.Tensor.RequiresGradient));
        Assert.Equal(method == "dorefa", quantizer.IsInitialized);
    }

    [Theory]
    [InlineData("lsq+", "step,initialized")]
    [InlineData("pact-sawb", "initialized,step")]
    [InlineData("apot", "alpha,initialized")]
    [InlineData("ewgs", "lower,upper,scale,initialized")]
    [InlineData("dsq", "upper,alpha,initialized")]
    [InlineData("qil", "center,width,gamma,initialized,step,scale")]
    [InlineData("weightnorm", "alpha,initialized")]
    public void State_of_weights_has_stable_names(string method, string all)
    {
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Method = method }, Samples.Device, new Shape(2, 3));
        Assert.Equal(all, string.Join(',', quantizer.SaveState().Select(static p => p.Name)));
    }

    [Fact]
    public void Quantizers_made_inside_a_scope_outlive_it()
    {
        ActivationQuantizer quantizer;
        using (TensorScope.Begin())
        {
            quantizer = QuantizerFactory.Activation(new QuantizerOptions { Method = "uniform" }, Samples.Device);
            quantizer.Apply(Tensor.FromArray(Samples.Device, [1f, 2f], 1, 2));
        }

        using (quantizer)
        {
            Assert.Equal(2f / 15, quantizer.Export().Step);
        }
    }

    [Theory]
    [InlineData(-0.25f, 0.25f)]
    [InlineData(0f, Steps.Smallest)]
    public void A_learned_step_that_an_optimiser_pushed_below_zero_is_used_positive(float pushed, float used)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { PerChannel = true }, Samples.Device, new Shape(2, 2));
        Tensor w = Tensor.FromArray(Samples.Device, [0.25f, 0.5f, 3f, -3f], 2, 2);
        quantizer.Apply(w);
        quantizer.Step.CopyFrom([pushed, 1f]);
        (sbyte[] codes, float[] steps) = quantizer.Export(w);
        Assert.Equal([used, 1f], steps);
        quantizer.Step.CopyFrom([pushed, 1f]);
        float[] y = quantizer.Apply(w).ToArray();
        Assert.Equal([used, 1f], quantizer.Step.ToArray());
        Assert.Equal([used * codes[0], used * codes[1], 3f, -3f], y);
    }

    [Fact]
    public void A_learned_step_that_became_NaN_stops_with_a_name()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions(), Samples.Device);
        quantizer.Name = "conv2.in";
        Tensor x = Tensor.FromArray(Samples.Device, [1f, 2f], 1, 2);
        quantizer.Apply(x);
        quantizer.Step.CopyFrom([float.NaN]);
        var error = Assert.Throws<ArithmeticException>(() => quantizer.Apply(x));
        Assert.Contains("conv2.in", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_tells_the_recipe()
    {
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { PerChannel = true }, Samples.Device, new Shape(16, 2));
        Assert.Equal("lsq 4 bit -7..7 (half_even, straight_through) x16", quantizer.ToString());
    }

    private static WeightQuantizer Weights(QuantizerOptions options) => QuantizerFactory.Weight(options, Samples.Device, new Shape(3, 20));
}
