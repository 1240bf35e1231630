using LowBit.Data.Augmentation;
using LowBit.Data.Batches;
using LowBit.Data.Glyphs;
using LowBit.Data.Sets;
using LowBit.Kernels.Devices;
using LowBit.Nn.Layers;
using LowBit.Nn.Lowering;
using LowBit.Nn.Models;
using LowBit.Nn.Optimisation;
using LowBit.Runtime.Files;
using LowBit.Runtime.Models;
using LowBit.Runtime.Sessions;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Cli.Tests;

/// <summary>The program of the README, word for word (a test compares the two).</summary>
internal static class ReadmeProgram
{
    public static int Run(string file)
    {
        // README begin
        ImageSet images = GlyphSet.Make(Split.Train, new GlyphOptions(Seed: 1, TrainCount: 8_000));
        float[] mean = [0.5f], deviation = [0.25f];
        var batches = new BatchSource(images, new BatchOptions(50, Shuffle: true, new AugmentationOptions(), new Normalization(mean, deviation)));
        var options = new ModelOptions { Classes = 10, Height = 28, Width = 28, Channels = 1, Normalization = new InputNormalization(mean, deviation), Quantization = new QuantizationPolicy { Method = "lsq", WeightBits = 4, ActivationBits = 4 } };

        using var model = new LeNet5(CpuDevice.Shared, options, width: 8);
        using var sgd = new Sgd(ParameterGroup.Split(model, new GroupRules(WeightDecay: 1e-4f)));
        var (pixels, labels) = (new float[50 * 28 * 28], new int[50]);
        for (int step = 0; step < batches.Batches; step++)
        {
            using TensorScope scope = TensorScope.Begin();                      // a training step's tensors die together
            batches.Fill(epoch: 0, step, pixels, labels);
            Tensor loss = model.Forward(Tensor.FromArray(CpuDevice.Shared, pixels, 50, 28, 28, 1)).CrossEntropy(labels);
            sgd.ZeroGradients();
            loss.Backward();
            sgd.Step(learningRate: 0.05);
        }

        IntegerModel integers = ModelLowering.Lower(model, new LoweringOptions { Height = 28, Width = 28, Channels = 1 }).Model;
        LbqWriter.Write(file, integers);
        using var session = new Session(LbqReader.Read(file), new SessionOptions { Batch = 8_000 });
        var classes = new int[8_000];
        session.Classify(images.Pixels.Span, classes);                          // bytes in, classes out, bit-exact
        // README end
        int correct = 0;
        for (int i = 0; i < classes.Length; i++)
        {
            correct += classes[i] == images.Labels[i] ? 1 : 0;
        }

        return correct;
    }
}
