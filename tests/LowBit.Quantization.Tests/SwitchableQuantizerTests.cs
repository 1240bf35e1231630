using LowBit.Quantization.StepRules;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests;

/// <summary>Quantizers of several widths: each width is the ordinary quantizer of its bits.</summary>
public sealed class SwitchableQuantizerTests
{
    private const int Rows = 4;
    private const int Columns = 30;

    public static TheoryData<string, ClippingForm> Everything
    {
        get
        {
            var data = new TheoryData<string, ClippingForm>();
            foreach (string method in QuantizerFactory.SwitchableMethods)
            {
                foreach (ClippingForm form in Enum.GetValues<ClippingForm>())
                {
                    data.Add(method, form);
                }
            }

            return data;
        }
    }

    public static TheoryData<string> Methods => [.. QuantizerFactory.SwitchableMethods];

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_table_trains_like_separate_quantizers_however_it_is_switched(string method)
    {
        foreach (bool weights in (bool[])[true, false])
        {
            using TensorScope scope = TensorScope.Begin();
            QuantizerOptions options = Options(method, ClippingForm.Table);
            using Quantizer table = Build(options, weights);
            Dictionary<int, Quantizer> apart = options.Widths.ToDictionary(static b => b, b => Build(options with { Bits = b, Widths = [], Init = "mse" }, weights));
            Tensor first = Input(1);
            table.Apply(first);
            foreach (Quantizer quantizer in apart.Values)
            {
                quantizer.Apply(first);
            }

            int seed = 2;
            foreach (int bits in (int[])[4, 2, 8, options.Widths[0], 4, 2, 3, 3, options.Widths[0], 8, 4])
            {
                table.SelectBits(bits);
                float[][] one = Train(table, Input(seed), bits), other = Train(apart[bits], Input(seed), bits);
                Assert.Equal(other, one);
                seed++;
            }

            foreach ((int bits, Quantizer quantizer) in apart)
            {
                table.SelectBits(bits);
                Assert.Equal(quantizer.Step.ToArray(), table.Step.ToArray());
                Assert.Equal((quantizer.Bits, quantizer.Range, quantizer.Op.Estimator), (table.Bits, table.Range, table.Op.Estimator));
                quantizer.Dispose();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Only_the_selected_entry_of_a_table_gets_a_gradient(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        using Quantizer table = Build(Options(method, ClippingForm.Table), weights: true);
        table.SelectBits(3);
        Weigh(table.Apply(Input(1))).Backward();
        foreach ((string name, Tensor tensor) in table.Parameters())
        {
            Assert.Equal(name.StartsWith("3bit.", StringComparison.Ordinal), tensor.Gradient is not null);
        }

        // What was applied at one width keeps its gradients when another is selected before the backward pass.
        Tensor loss = Weigh(table.Apply(Input(1)));
        table.SelectBits(8);
        table.Apply(Input(2));
        float[] before = table.Parameters().Single(static p => p.Name.StartsWith("3bit.", StringComparison.Ordinal)).Tensor.Gradient!.ToArray();
        loss.Backward();
        float[] after = table.Parameters().Single(static p => p.Name.StartsWith("3bit.", StringComparison.Ordinal)).Tensor.Gradient!.ToArray();
        Assert.Equal(Array.ConvertAll(before, static g => 2 * g), after);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void The_first_use_starts_every_width(string method, ClippingForm form)
    {
        foreach (bool weights in (bool[])[true, false])
        {
            using TensorScope scope = TensorScope.Begin();
            QuantizerOptions options = Options(method, form);
            using Quantizer quantizer = Build(options, weights);
            Assert.False(quantizer.IsInitialized);
            Tensor x = Input(5);
            quantizer.Apply(x);
            float[] steps = quantizer.Step.ToArray();
            foreach (int bits in options.Widths)
            {
                quantizer.SelectBits(bits);
                Assert.True(quantizer.IsInitialized);
                if (form == ClippingForm.Table)
                {
                    using Quantizer apart = Build(options with { Bits = bits, Widths = [], Init = "mse" }, weights);
                    apart.Apply(x);
                    quantizer.Apply(x);
                    Assert.Equal(apart.Step.ToArray(), quantizer.Step.ToArray());
                }
            }

            quantizer.SelectBits(options.Bits);
            Assert.Equal(steps, quantizer.Step.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Specialized_state_quantizes_alike_bit_for_bit(string method, ClippingForm form)
    {
        foreach (bool weights in (bool[])[true, false])
        {
            using TensorScope scope = TensorScope.Begin();
            QuantizerOptions options = Options(method, form);
            using Quantizer quantizer = Build(options, weights);
            quantizer.Apply(Input(1));
            int seed = 2;
            foreach (int bits in (int[])[3, 8, options.Widths[0], 2, 4])
            {
                quantizer.SelectBits(bits);
                Train(quantizer, Input(seed++), bits);
            }

            foreach (int bits in options.Widths)
            {
                quantizer.SelectBits(bits);
                using Quantizer ordinary = Build(options with { Bits = bits, Widths = [] }, weights);
                IReadOnlyDictionary<string, float[]> state = quantizer.Specialize();
                Assert.Equal(ordinary.SaveState().Select(static s => s.Name).Order(), state.Keys.Order());
                ordinary.LoadState(ordinary.SaveState().ToDictionary(static s => s.Name, s => Tensor.FromArray(Samples.Device, state[s.Name], s.Tensor.Shape)));
                Tensor x = Input(9);
                Assert.Equal(ordinary.Apply(x).ToArray(), quantizer.Apply(x).ToArray());
                Assert.Equal(ordinary.Step.ToArray(), quantizer.Step.ToArray());
                var codes = (new int[x.Length], new int[x.Length]);
                ordinary.Codes(x.ToArray(), codes.Item1);
                quantizer.Codes(x.ToArray(), codes.Item2);
                Assert.Equal(codes.Item1, codes.Item2);
                if (quantizer is WeightQuantizer w)
                {
                    (sbyte[] own, float[] steps) = w.Export(x);
                    (sbyte[] other, float[] otherSteps) = ((WeightQuantizer)ordinary).Export(x);
                    Assert.Equal(other, own);
                    Assert.Equal(otherSteps, steps);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void A_loaded_quantizer_continues_as_the_saved_one_at_every_width(string method, ClippingForm form)
    {
        using TensorScope scope = TensorScope.Begin();
        QuantizerOptions options = Options(method, form);
        using Quantizer saved = Build(options, weights: true);
        saved.Apply(Input(1));
        foreach (int bits in options.Widths)
        {
            saved.SelectBits(bits);
            Train(saved, Input(bits), bits);
        }

        using Quantizer loaded = Build(options, weights: true);
        loaded.LoadState(saved.SaveState().ToDictionary(static p => p.Name, static p => p.Tensor));
        foreach (int bits in options.Widths)
        {
            saved.SelectBits(bits);
            loaded.SelectBits(bits);
            Assert.True(loaded.IsInitialized);
            Assert.Equal(saved.Apply(Input(7)).ToArray(), loaded.Apply(Input(7)).ToArray());
        }
    }

    [Theory]
    [InlineData("lsq", ClippingForm.Table, "2bit.step,4bit.step,2bit.initialized,4bit.initialized")]
    [InlineData("weightnorm", ClippingForm.Table, "2bit.alpha,4bit.alpha,2bit.initialized,4bit.initialized")]
    [InlineData("lsq", ClippingForm.Function, "level,slope,initialized")]
    [InlineData("weightnorm", ClippingForm.Shared, "level,initialized")]
    public void State_has_stable_names(string method, ClippingForm form, string all)
    {
        using Quantizer quantizer = Build(Options(method, form) with { Widths = [4, 2] }, weights: false);
        Assert.Equal(all, string.Join(',', quantizer.SaveState().Select(static s => s.Name)));
        Assert.All(quantizer.Parameters(), static p => Assert.True(p.Tensor.RequiresGradient));

        // One width is an ordinary quantizer.
        using Quantizer one = Build(Options(method, form) with { Widths = [4] }, weights: false);
        Assert.Equal(method == "lsq" ? "step,initialized" : "alpha,initialized", string.Join(',', one.SaveState().Select(static s => s.Name)));
        Assert.Equal([4], one.Widths);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Kept_results_are_those_of_each_width_while_gradients_are_off(string method, ClippingForm form)
    {
        using TensorScope scope = TensorScope.Begin();
        using var quantizer = (WeightQuantizer)Build(Options(method, form), weights: true);
        using var twin = (WeightQuantizer)Build(Options(method, form), weights: true);
        Tensor w = Samples.Leaf(Samples.Normal(Rows * Columns, 3), Rows, Columns);
        quantizer.KeepsResults = true;
        using (NoGradient.Begin())
        {
            foreach (int bits in (int[])[4, 2, 8, 2, 4])
            {
                quantizer.SelectBits(bits);
                twin.SelectBits(bits);
                Assert.Equal(twin.Apply(w).ToArray(), quantizer.Apply(w).ToArray());
                Assert.Same(quantizer.Apply(w), quantizer.Apply(w));
            }
        }

        // With gradients nothing is kept; without them weights that changed are seen after forgetting.
        float[] old = quantizer.Apply(w).ToArray();
        w.CopyFrom(Samples.Normal(Rows * Columns, 4));
        Assert.NotEqual(old, quantizer.Apply(w).ToArray());
        using (NoGradient.Begin())
        {
            Assert.Equal(old, quantizer.Apply(w).ToArray());
            quantizer.KeepsResults = false;
            Assert.Equal(twin.Apply(w).ToArray(), quantizer.Apply(w).ToArray());
        }
    }

    [Fact]
    public void Other_steps_and_other_weights_are_not_answered_from_what_was_kept()
    {
        using TensorScope scope = TensorScope.Begin();
        using var quantizer = (WeightQuantizer)Build(Options("lsq", ClippingForm.Table), weights: true);
        Tensor w = Samples.Leaf(Samples.Normal(Rows * Columns, 3), Rows, Columns), other = Samples.Leaf(Samples.Normal(Rows * Columns, 4), Rows, Columns);
        quantizer.KeepsResults = true;
        using (NoGradient.Begin())
        {
            float[] first = quantizer.Apply(w).ToArray();
            Assert.NotEqual(first, quantizer.Apply(other).ToArray());
            Assert.Equal(first, quantizer.Apply(w).ToArray());
            quantizer.SetSteps(Array.ConvertAll(quantizer.Step.ToArray(), static step => 2 * step));
            Assert.NotEqual(first, quantizer.Apply(w).ToArray());
        }
    }

    [Fact]
    public void Widths_are_ascending_and_the_first_is_that_of_the_options()
    {
        using Quantizer quantizer = Build(new QuantizerOptions { Bits = 3, Widths = [8, 3, 1] }, weights: true);
        Assert.Equal([1, 3, 8], quantizer.Widths);
        Assert.Equal((3, "-3..3"), (quantizer.Bits, quantizer.Range.ToString()));
        Assert.Equal("lsq 3 bit -3..3 (half_even, straight_through) x4 of 1, 3, 8 bit", quantizer.ToString());
        quantizer.SelectBits(1);
        Assert.Equal((1, "sign_through"), (quantizer.Bits, quantizer.Op.Estimator));
        using Quantizer ordinary = Build(new QuantizerOptions { Bits = 5 }, weights: true);
        Assert.Equal([5], ordinary.Widths);
        ordinary.SelectBits(5);
    }

    [Fact]
    public void Selecting_a_width_allocates_nothing()
    {
        using Quantizer quantizer = Build(new QuantizerOptions { Bits = 3, Widths = [2, 3, 8] }, weights: true);
        quantizer.SelectBits(2);
        Assert.Equal(0, Allocations.Least(() =>
        {
            quantizer.SelectBits(8);
            quantizer.SelectBits(2);
        }));
    }

    [Fact]
    public void Misuse_is_rejected_in_one_sentence()
    {
        using Quantizer quantizer = Build(new QuantizerOptions { Widths = [2, 4] }, weights: true);
        quantizer.Name = "conv1.weight";
        var error = Assert.Throws<ArgumentException>(() => quantizer.SelectBits(3));
        Assert.Contains("lsq quantizer conv1.weight has 2, 4 bits and not 3", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, quantizer.Bits);

        Refused(new QuantizerOptions { Widths = [2, 3] }, "got 2, 3 and a start at 4");
        Refused(new QuantizerOptions { Widths = [2, 4, 4] }, "got 2, 4, 4 and a start at 4");
        Refused(new QuantizerOptions { Widths = [4, 9] }, "1 to 8 bits, got 9");
        Refused(new QuantizerOptions { Widths = [4, 2], Clipping = (ClippingForm)7 }, "there is no clipping form 7");
        foreach (string method in QuantizerFactory.Methods.Except(QuantizerFactory.SwitchableMethods))
        {
            Refused(new QuantizerOptions { Method = method, Widths = [2, 4] }, $"{method} has one width and cannot be switched between 2, 4 bits; leave widths out or use lsq or weightnorm");
        }

        static void Refused(QuantizerOptions options, string part)
        {
            Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(() => Build(options, weights: true)).Message, StringComparison.Ordinal);
            Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(() => Build(options, weights: false)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(ClippingForm.Table)]
    [InlineData(ClippingForm.Function)]
    [InlineData(ClippingForm.Shared)]
    public void Given_and_calibrated_steps_are_taken(ClippingForm form)
    {
        using TensorScope scope = TensorScope.Begin();
        using var quantizer = (WeightQuantizer)Build(Options("lsq", form), weights: true);
        quantizer.Calibrate(Input(1), new MinMaxStep());
        foreach (int bits in quantizer.Widths)
        {
            quantizer.SelectBits(bits);
            quantizer.Apply(Input(1));
            using WeightQuantizer apart = (WeightQuantizer)Build(new QuantizerOptions { Bits = bits, PerChannel = true }, weights: true);
            apart.Calibrate(Input(1), new MinMaxStep());

            // Min-max levels do not depend on the bits, so that every form holds them.
            for (int c = 0; c < Rows; c++)
            {
                Assert.Equal(apart.Step.ToArray()[c], quantizer.Step.ToArray()[c], Bounds.Relative(apart.Step.ToArray()[c], 8));
            }
        }

        quantizer.SelectBits(2);
        quantizer.SetSteps([0.5f, 0.25f, 1f, 2f]);
        quantizer.Apply(Input(1));
        Assert.Equal([0.5f, 0.25f, 1f, 2f], quantizer.Step.ToArray().Select(static s => MathF.Round(s, 6)));
        quantizer.SelectBits(3);
        quantizer.Apply(Input(1));
        Assert.Equal(form != ClippingForm.Table, Math.Abs(quantizer.Step.ToArray()[0] - (0.5f / 3)) < 1e-6);
    }

    internal static QuantizerOptions Options(string method, ClippingForm form) =>
        new() { Method = method, Bits = 4, Widths = method == "lsq" ? [1, 2, 3, 4, 8] : [2, 3, 4, 8], Clipping = form, PerChannel = true };

    internal static Quantizer Build(QuantizerOptions options, bool weights) =>
        weights
            ? QuantizerFactory.Weight(options with { PerChannel = true }, Samples.Device, new Shape(Rows, Columns))
            : QuantizerFactory.Activation(options, Samples.Device);

    private static Tensor Input(int seed) => Samples.Leaf(Samples.Normal(Rows * Columns, seed), Rows, Columns);

    private static Tensor Weigh(Tensor y) => GradientCheck.Weigh(y, Tensor.FromArray(Samples.Device, Samples.Normal(y.Length, 33), y.Shape));

    /// <summary>One step of gradient descent on what is learned; the result and the gradients.</summary>
    private static float[][] Train(Quantizer quantizer, Tensor x, int bits)
    {
        Tensor y = quantizer.Apply(x);
        Weigh(y).Backward();
        var numbers = new List<float[]> { y.ToArray(), x.Gradient!.ToArray() };
        foreach ((string name, Tensor tensor) in quantizer.Parameters())
        {
            if (tensor.Gradient is { } gradient && (!name.Contains("bit.", StringComparison.Ordinal) || name.StartsWith($"{bits}bit.", StringComparison.Ordinal)))
            {
                numbers.Add(gradient.ToArray());
                tensor.CopyFrom(tensor.ToArray().Zip(gradient.ToArray(), static (v, g) => v - (0.01f * g)).ToArray());
                tensor.ZeroGradient();
            }
        }

        return [.. numbers];
    }
}
