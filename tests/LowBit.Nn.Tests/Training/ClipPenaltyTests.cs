using LowBit.Kernels.Devices;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Training;

/// <summary>PACT's penalty on clipping levels and the optimiser's decay of them: one of the two.</summary>
public class ClipPenaltyTests
{
    private const double Rate = 0.05;
    private const double Penalty = 1e-4;

    [Theory]
    [InlineData(0)]
    [InlineData(1e-2)]
    public void A_decay_of_clipping_levels_takes_the_place_of_the_penalty(double decay)
    {
        // Far above every activation, where the loss does not reach it, a level moves by its penalty or its decay alone.
        const float level = 1000;
        using TrainingRun run = Samples.Start(CpuDevice.Shared, Pact(decay), Samples.Train());
        run.Trainer.Step(0, 0);
        Tensor alpha = run.Model.Parameters().Single(p => p.Name == "layer1.0.quant_inner.quantizer.alpha").Tensor;
        alpha.CopyFrom([level]);
        run.Trainer.Step(0, 1);
        double expected = level * (1 - (Rate * (decay > 0 ? decay : Penalty)));
        Assert.InRange(alpha.Item() - expected, -Bounds.Gamma(8) * level, Bounds.Gamma(8) * level);
    }

    private static Recipe Pact(double decay)
    {
        Recipe recipe = Samples.Recipe("pact", """{ "method": "pact", "weightBits": 4, "activationBits": 4 }""");
        recipe.Schedule.Kind = "constant";
        recipe.Schedule.WarmUp = 0;
        (recipe.Optimizer.Momentum, recipe.Optimizer.Nesterov, recipe.Optimizer.LearningRate, recipe.Optimizer.QuantizerWeightDecay) = (0, false, Rate, decay);
        return recipe;
    }
}
