using LowBit.Kernels.Devices;
using LowBit.Kernels.Tuning;
using LowBit.Methods.Allocation;
using LowBit.Methods.Recipes;
using LowBit.Nn;
using LowBit.Nn.Models;
using LowBit.Nn.Recipes;
using Xunit;

namespace LowBit.Methods.Tests.Allocation;

public sealed class BitSpaceTests
{
    public static TheoryData<string> Models => new(
        """{ "kind": "resnet", "depth": 8, "width": 4 }""",
        """{ "kind": "resnet", "depth": 8, "width": 4, "shortcut": "B" }""",
        """{ "kind": "vgg7", "width": 4 }""",
        """{ "kind": "mlp", "hidden": [12, 8, 8] }""",
        """{ "kind": "mobilenetv2", "multiplier": 0.1 }""");

    [Theory]
    [MemberData(nameof(Models))]
    public void An_allocation_becomes_the_bits_of_a_model(string architecture)
    {
        Recipe recipe = Samples.Recipe($"train.model={architecture}").Train with { Name = "tiny" };
        BitSpace space = Space(recipe);
        foreach (BitAllocation allocation in Samples.Allocations(space, 4))
        {
            Recipe plain = recipe with { Quantization = recipe.Quantization! with { Widths = [], Layers = space.ToLayerBits(allocation) } };
            using Module model = ModelFactory.Build(CpuDevice.Shared, plain, Samples.Facts);
            IReadOnlyList<QuantizedLayer> layers = QuantizedLayers.Of(model);
            Assert.Equal(space.Layers.Select(static slot => slot.Path), layers.Select(static layer => layer.Path));
            for (int l = 0; l < layers.Count; l++)
            {
                Assert.Equal(space.Layers[l].WeightBits(allocation), layers[l].Weights.Bits);
                Assert.Equal(space.Layers[l].InputBits(allocation), layers[l].Input?.Bits ?? 8);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Ends_are_fixed_and_every_inner_layer_has_two_variables(string architecture)
    {
        Recipe recipe = Samples.Recipe($"train.model={architecture}").Train with { Name = "tiny" };
        BitSpace space = Space(recipe);
        Assert.True(space.Layers[0].Weights < 0 && space.Layers[0].Input < 0);
        Assert.True(space.Layers[^1].Weights < 0 && space.Layers[^1].Input < 0);
        Assert.All(space.Layers.Skip(1).SkipLast(1), static slot => Assert.True(slot.Weights >= 0 && slot.Input >= 0, slot.Path));
        Assert.All(space.Variables, static variable => Assert.Equal([2, 3, 4, 6], variable.Widths));
        Assert.Equal(space.Variables.Count, space.Variables.Select(static variable => variable.Path).Distinct().Count());
    }

    [Fact]
    public void Uniform_takes_the_nearest_width()
    {
        BitSpace space = Space(Samples.Recipe().Train with { Name = "tiny" });
        BitAllocation allocation = space.Uniform(5, 8);
        for (int v = 0; v < allocation.Count; v++)
        {
            Assert.Equal(space.Variables[v].IsWeight ? 4 : 6, allocation[v]);
        }

        Assert.True(space.Contains(allocation));
        Assert.False(space.Contains(allocation.With(0, 5)));
        Assert.False(space.Contains(new BitAllocation("44")));
    }

    [Fact]
    public void A_model_without_widths_is_refused()
    {
        Recipe recipe = Samples.Recipe().Train with { Name = "tiny" };
        recipe = recipe with { Quantization = recipe.Quantization! with { Widths = [] } };
        ArgumentException error = Assert.Throws<ArgumentException>(() => Space(recipe));
        Assert.Contains("widths", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Costs_are_those_of_the_layers()
    {
        BitSpace space = Space(Samples.Recipe().Train with { Name = "tiny" });
        var costs = new CostModel(space);
        AllocationCost all8 = costs.Of(space.Uniform(6, 6)), all2 = costs.Of(space.Uniform(2, 2));
        // ResNet-8 of width 4 on 8×8×2: stem 3·3·2·4, blocks 4→4, 4→8 (stride 2), 8→16 (stride 2), classifier 16·4.
        long stem = 9 * 2 * 4, inner = (9 * 4 * 4 * 2) + (9 * 4 * 8) + (9 * 8 * 8) + (9 * 8 * 16) + (9 * 16 * 16), last = 16 * 4;
        Assert.Equal(stem + last + (inner * 6 / 8.0), all8.Bytes);
        Assert.Equal(stem + last + (inner * 2 / 8.0), all2.Bytes);
        long stemMacs = stem * 64, innerMacs = (9 * 4 * 4 * 2 * 64) + (((9 * 4 * 8) + (9 * 8 * 8)) * 16) + (((9 * 8 * 16) + (9 * 16 * 16)) * 4);
        Assert.Equal(((stemMacs + last) * 64.0) + (innerMacs * 36.0), all8.BitOperations);
        Assert.Equal(((stemMacs + last) * 64.0) + (innerMacs * 4.0), all2.BitOperations);
        Assert.True(double.IsNaN(all2.Milliseconds));
        // Read: the image, three stages' worth of inputs (each block's two convolutions), 16 averages.
        long fixedInputs = (64 * 2) + 16, innerInputs = (4 * 64 * 2) + (4 * 64) + (8 * 16) + (8 * 16) + (16 * 4);
        Assert.Equal(fixedInputs + (innerInputs * 6 / 8.0), all8.ActivationBytes);
        Assert.Equal(fixedInputs + (innerInputs * 2 / 8.0), all2.ActivationBytes);
    }

    [Fact]
    public void An_edge_that_two_layers_read_counts_once()
    {
        BitSpace space = Space(Samples.Recipe("train.model.shortcut=B").Train with { Name = "tiny" });
        var costs = new CostModel(space);
        Assert.Contains(space.Layers, static slot => !slot.ReadsFirst);
        // Shortcuts of 1×1 convolutions read what the first convolution of their block reads, in quantizers of their own or the same.
        double expected = 0;
        var edges = new HashSet<int>();
        foreach (LayerSlot slot in space.Layers)
        {
            bool isNew = slot.Input < 0 || edges.Add(slot.Input);
            Assert.Equal(isNew, slot.ReadsFirst);
            expected += isNew ? slot.Shape.Height * slot.Shape.Width * slot.Shape.InChannels * (slot.Input < 0 ? slot.FixedInputBits : 3) / 8.0 : 0;
        }

        Assert.Equal(expected, costs.Of(space.Uniform(3, 3)).ActivationBytes, 1e-9);
    }

    [Fact]
    public void Times_are_those_of_the_kernels_that_the_planner_would_choose()
    {
        BitSpace space = Space(Samples.Recipe("train.quantization.widths=[2,4]").Train with { Name = "tiny" });
        var table = new CostTable();
        Assert.False(LatencyTable.Estimate(space, table).IsMeasured);
        LatencyTable latency = LatencyTable.Measure(space, table);
        Assert.True(latency.IsMeasured);
        BitAllocation allocation = Samples.Allocations(space, 3)[2];
        double sum = 0;
        for (int l = 0; l < space.Layers.Count; l++)
        {
            LayerSlot slot = space.Layers[l];
            var proof = Kernels.Ranges.RangeProof.Create(slot.WeightBits(allocation), (1 << slot.InputBits(allocation)) - 1, slot.Shape.ReductionLength);
            KernelChoice choice = table.Choose(slot.Shape, proof, Kernels.Isas.CpuFeatures.Best);
            Assert.True(choice.IsMeasured);
            sum += choice.Microseconds / 1e3;
        }

        Assert.Equal(sum, new CostModel(space, latency).Of(allocation).Milliseconds, 1e-12);
    }

    [Fact]
    public void Repair_takes_the_fewest_bits_that_the_budget_asks_for()
    {
        BitSpace space = Space(Samples.Recipe().Train with { Name = "tiny" });
        var costs = new CostModel(space);
        AllocationCost three = costs.Of(space.Uniform(3, 3));
        var budget = new Budget(three.Bytes, three.ActivationBytes, three.BitOperations);
        foreach (BitAllocation allocation in Samples.Allocations(space, 12))
        {
            BitAllocation repaired = BudgetRepair.Run(allocation, costs, budget);
            Assert.True(budget.Holds(costs.Of(repaired)));
            Assert.True(space.Contains(repaired));
            if (budget.Holds(costs.Of(allocation)))
            {
                Assert.Equal(allocation, repaired);
            }

            for (int v = 0; v < repaired.Count; v++)
            {
                Assert.True(repaired[v] <= allocation[v]);
            }
        }

        ArgumentException error = Assert.Throws<ArgumentException>(() => BudgetRepair.Run(space.Uniform(4, 4), costs, new Budget(Bytes: 10)));
        Assert.Contains("raise the budget", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Repair_steps_weights_and_input_together_where_one_alone_does_not_help()
    {
        // Times of kernels that need both operands narrow.
        BitSpace space = Space(Samples.Recipe("train.quantization.widths=[2,4,8]").Train with { Name = "tiny" });
        foreach (bool halfWay in (bool[])[true, false])
        {
            var times = new double[space.Layers.Count][];
            for (int l = 0; l < times.Length; l++)
            {
                times[l] = [.. Enumerable.Range(0, 64).Select(i => ((i / 8) + 1, (i % 8) + 1) switch { (2, 2) => 1.0, (4, 4) when halfWay => 1.5, _ => 2.0 })];
            }

            var costs = new CostModel(space, new LatencyTable(times, true));
            AllocationCost fewest = costs.Of(space.Uniform(2, 2)), most = costs.Of(space.Uniform(8, 8));
            Assert.Equal(space.Uniform(2, 2), BudgetRepair.Run(space.Uniform(8, 8), costs, new Budget(Milliseconds: fewest.Milliseconds)));
            BitAllocation half = BudgetRepair.Run(space.Uniform(8, 8), costs, new Budget(Milliseconds: (fewest.Milliseconds + most.Milliseconds) / 2));
            Assert.NotEqual(space.Uniform(2, 2), half);
            ArgumentException error = Assert.Throws<ArgumentException>(() => BudgetRepair.Run(space.Uniform(8, 8), costs, new Budget(Milliseconds: fewest.Milliseconds / 1.5)));
            Assert.Contains("still exceed it by 50.0 %", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Repair_takes_the_fewest_bits_where_no_step_of_a_layer_helps()
    {
        // Two layers read one edge, and both are fast with narrow operands only: more than weights and input of one of them have to step.
        BitSpace space = Space(Samples.Recipe("""train.model={ "kind": "resnet", "depth": 8, "width": 4, "shortcut": "B" }""", "train.quantization.widths=[2,8]", "train.quantization.weightBits=8", "train.quantization.activationBits=8").Train with { Name = "tiny" });
        string[] shared = [.. space.Variables.Where(static variable => variable.Layers.Count > 1).SelectMany(static variable => variable.Layers)];
        Assert.NotEmpty(shared);
        var times = new double[space.Layers.Count][];
        for (int l = 0; l < times.Length; l++)
        {
            bool isShared = shared.Contains(space.Layers[l].Path);
            times[l] = [.. Enumerable.Range(0, 64).Select(i => ((i / 8) + 1, (i % 8) + 1) switch { _ when !isShared => 1.0, (2, 2) => 0.9, (8, 8) => 1.0, _ => 1.2 })];
        }

        var costs = new CostModel(space, new LatencyTable(times, true));
        var budget = new Budget(Milliseconds: costs.Of(space.Uniform(2, 2)).Milliseconds);
        Assert.True(budget.Holds(costs.Of(BudgetRepair.Run(space.Uniform(8, 8), costs, budget))));
    }

    [Fact]
    public void Limits_are_costs_of_uniform_bits_that_need_not_be_among_the_widths()
    {
        BitSpace all = Space(Samples.Recipe("train.quantization.widths=[2,3,4]").Train with { Name = "tiny" });
        BitSpace two = Space(Samples.Recipe("train.quantization.widths=[2,4]").Train with { Name = "tiny" });
        AllocationCost expected = new CostModel(all).Of(all.Uniform(3, 3));
        var section = new BudgetSection { Bytes = "w3a3", ActivationBytes = "w3a3", BitOperations = "w3a3" };
        Assert.Equal(new Budget(expected.Bytes, expected.ActivationBytes, expected.BitOperations), section.ToBudget(new CostModel(two)));
        Assert.Equal(expected, new CostModel(all).OfUniform(3, 3));

        // Only widths that can be chosen are timed.
        var timed = new CostModel(two, LatencyTable.Estimate(two, new CostTable()));
        Assert.True(new BudgetSection { Milliseconds = "w4a2" }.ToBudget(timed).Milliseconds > 0);
        ArgumentException error = Assert.Throws<ArgumentException>(() => new BudgetSection { Milliseconds = "w3a3" }.ToBudget(timed));
        Assert.Contains("train.quantization.widths are timed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Excess_counts_each_limit_with_its_factor()
    {
        var cost = new AllocationCost(120, 40, 300, 2);
        var budget = new Budget(100, 32, 200, 4);
        Assert.Equal((3 * 0.2) + (4 * 0.25) + (5 * 0.5), budget.Excess(cost, 3, 4, 5, 7), 1e-12);
        Assert.False(budget.Holds(cost));
        Assert.True(new Budget(120, 40, null, 2).Holds(cost));
        Assert.False(new Budget(120, 39).Holds(cost));
        Assert.Equal(0, new Budget().Excess(cost));
    }

    private static BitSpace Space(Recipe recipe)
    {
        using Module model = ModelFactory.Build(CpuDevice.Shared, recipe, Samples.Facts);
        return BitSpace.Of(model, LayerShapes.Of(CpuDevice.Shared, recipe.Model, Samples.Facts));
    }
}
