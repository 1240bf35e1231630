using FsCheck;
using FsCheck.Fluent;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Files;
using LowBit.Nn.Layers;
using LowBit.Nn.Models;
using LowBit.Nn.Recipes;
using LowBit.Quantization;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Recipes;

public class RecipeReaderTests
{
    private const string Small = """
        {
          // comments and trailing commas are fine
          "name": "small",
          "model": { "kind": "resnet", "depth": 8 },
          "quantization": { "weightBits": 2, "grid": "Full" },
          "optimizer": { "learningRate": 0.05, },
          "training": { "epochs": 3, "seed": 7 },
        }
        """;

    public static TheoryData<string> Files
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (string file in RecipeFiles.Training())
            {
                data.Add(Path.GetFileName(file));
            }

            return data;
        }
    }

    [Fact]
    public void Keys_left_out_have_their_defaults()
    {
        Recipe recipe = RecipeReader.Parse(Small, "small.json");
        Assert.Equal("small", recipe.Name);
        Assert.Equal(8, recipe.Model.Depth);
        Assert.Equal(2, recipe.Quantization!.WeightBits);
        Assert.Equal(4, recipe.Quantization.ActivationBits);
        Assert.Equal(WeightGrid.Full, recipe.Quantization.Grid);
        Assert.Equal(8, recipe.Quantization.FirstLayerWeightBits);
        Assert.Equal(0.05, recipe.Optimizer.LearningRate);
        Assert.Equal(0.9, recipe.Optimizer.Momentum);
        Assert.Equal(128, recipe.Data.Batch);
        Assert.Equal(7ul, recipe.Training.Seed);
        Assert.Equal("cosine", recipe.Schedule.Kind);
    }

    [Fact]
    public void Written_recipes_read_back_equal()
    {
        Recipe recipe = RecipeReader.Parse(Small, "small.json");
        Recipe again = RecipeReader.Parse(recipe.ToJson(), "again");
        Assert.Equal(recipe.ToJson(), again.ToJson());
        Assert.Equal(recipe.Hash(), again.Hash());
        Assert.Equal(16, recipe.Hash().Length);
        Assert.NotEqual(recipe.Hash(), RecipeReader.Parse(Small, "small.json", "training.seed=8").Hash());
    }

    [Theory]
    [InlineData("optimizer.learningRate=0.25", 0.25)]
    [InlineData("optimizer.learningRate=1e-3", 1e-3)]
    public void Settings_override_numbers(string setting, double value)
        => Assert.Equal(value, RecipeReader.Parse(Small, "s", setting).Optimizer.LearningRate);

    [Fact]
    public void Settings_override_words_lists_and_null()
    {
        Recipe recipe = RecipeReader.Parse(Small, "s", "model.kind=mlp", "model.hidden=[10, 20]", "quantization=null", "name=other", "training.init=runs/a=b.lbc");
        Assert.Equal("mlp", recipe.Model.Kind);
        Assert.Equal([10, 20], recipe.Model.Hidden);
        Assert.Null(recipe.Quantization);
        Assert.Equal("other", recipe.Name);
        Assert.Equal("runs/a=b.lbc", recipe.Training.Init);
        Assert.Null(RecipeReader.Parse(Small, "s", "training.init=x", "training.init=null").Training.Init);
        Assert.Equal(3, RecipeReader.Parse("""{ "name": "f" }""", "s", "quantization.weightBits=3").Quantization!.WeightBits);
    }

    [Fact]
    public void Stages_never_have_fewer_bits_than_the_recipe_and_end_with_its_own()
    {
        Recipe recipe = RecipeReader.Parse(
            Small, "s", "quantization.activationBits=3", "training.epochs=9",
            """quantization.progressive=[{"epoch":0,"bits":8},{"epoch":4,"bits":3},{"epoch":6,"bits":2}]""");
        QuantizationSection section = recipe.Quantization!;
        Assert.Equal([(8, 8), (3, 3), (2, 3)], Enumerable.Range(0, section.CountStages()).Select(section.ToPolicy).Select(p => (p.WeightBits, p.ActivationBits)));
        Assert.Equal(section.ToPolicy(2), section.ToPolicy());
        Assert.Equal([4, 6, 9], Enumerable.Range(0, 3).Select(stage => section.EndOf(stage, recipe.Training.Epochs)));
        Assert.Throws<ArgumentException>(() => section.ToPolicy(3));
        Assert.Equal(recipe.ToJson(), RecipeReader.Parse(recipe.ToJson(), "again").ToJson());
    }

    [Fact]
    public void Bits_of_single_layers_are_read_written_and_count_for_the_hash()
    {
        const string Setting = """quantization.layers=[{"layer":"layer1.0.conv1","weightBits":3,"activationBits":5},{"layer":"linear","weightBits":6}]""";
        Recipe recipe = RecipeReader.Parse(Small, "s", Setting);
        LayerBits[] expected = [new("layer1.0.conv1", 3, 5), new("linear", 6)];
        Assert.Equal(expected, recipe.Quantization!.Layers);
        Assert.Equal(expected, recipe.Quantization.ToPolicy().Layers);
        Recipe again = RecipeReader.Parse(recipe.ToJson(), "again");
        Assert.Equal(expected, again.Quantization!.Layers);
        Assert.Equal((recipe.ToJson(), recipe.Hash()), (again.ToJson(), again.Hash()));
        string[] hashes = [recipe.Hash(), RecipeReader.Parse(Small, "s").Hash(), RecipeReader.Parse(Small, "s", Setting.Replace('6', '7')).Hash()];
        Assert.Equal(3, hashes.Distinct().Count());
    }

    [Fact]
    public void Widths_are_read_written_and_reach_the_policy()
    {
        Recipe recipe = RecipeReader.Parse(
            """{ "name": "w", "quantization": { "method": "weightnorm", "widths": [2, 4, 8], "clipping": "Function", "widthJitter": 0.25, "maskWeightGradient": true, "detachStatistics": false } }""", "w");
        QuantizationPolicy policy = recipe.Quantization!.ToPolicy();
        Assert.Equal([2, 4, 8], policy.Widths);
        Assert.Equal((ClippingForm.Function, 0.25), (policy.Clipping, recipe.Quantization.WidthJitter));
        Recipe again = RecipeReader.Parse(recipe.ToJson(), "again");
        Assert.Equal((recipe.ToJson(), recipe.Hash()), (again.ToJson(), again.Hash()));
        Assert.Contains("\"clipping\": \"Function\"", recipe.ToJson(), StringComparison.Ordinal);
        QuantizerOptions inner = policy.Weights(LayerPlace.Inner), last = policy.Weights(LayerPlace.Last);
        Assert.Equal((3, ClippingForm.Function, true, false), (inner.Widths.Count, inner.Clipping, inner.MaskWeightGradient, inner.DetachStatistics));
        Assert.Equal((0, true, false), (last.Widths.Count, last.MaskWeightGradient, last.DetachStatistics));
    }

    [Fact]
    public void Stages_raise_the_bits_of_single_layers_too()
    {
        Recipe recipe = RecipeReader.Parse(
            Small, "s", """quantization.layers=[{"layer":"layer1.0.conv1","weightBits":1,"activationBits":5},{"layer":"layer1.0.conv2","weightBits":3}]""",
            """quantization.progressive=[{"epoch":0,"bits":8},{"epoch":1,"bits":4},{"epoch":2,"bits":1}]""");
        QuantizationSection section = recipe.Quantization!;
        Assert.Equal([new LayerBits("layer1.0.conv1", 8, 8), new LayerBits("layer1.0.conv2", 8)], section.ToPolicy(0).Layers);
        Assert.Equal([new LayerBits("layer1.0.conv1", 4, 5), new LayerBits("layer1.0.conv2", 4)], section.ToPolicy(1).Layers);
        Assert.Equal(section.Layers, section.ToPolicy().Layers);
    }

    [Theory]
    [InlineData("optimizer.learnRate=1", "did you mean 'optimizer.learningRate'?")]
    [InlineData("optimiser.kind=sgd", "did you mean 'optimizer'?")]
    [InlineData("nonsense", "key=value")]
    [InlineData("optimizer.learningRate=fast", "optimizer.learningRate: the value has the wrong kind, it takes a number; ")]
    [InlineData("quantization.weightBits=null", "quantization.weightBits: the value has the wrong kind, it takes a whole number; ")]
    [InlineData("quantization.weightBits=2.5", "quantization.weightBits: the value has the wrong kind, it takes a whole number; ")]
    [InlineData("training.tensorBoard=1", "training.tensorBoard: the value has the wrong kind, it takes true or false; ")]
    [InlineData("model.hidden=[10,\"a\"]", "model.hidden[1]: the value has the wrong kind, it takes a whole number; ")]
    [InlineData("schedule=cosine", "schedule: the value has the wrong kind, it takes an object, { … }; ")]
    [InlineData("quantization.layers=[{\"layer\":\"a\",\"weightBits\":\"x\"}]", "quantization.layers[0].weightBits: the value has the wrong kind, it takes a whole number, or null; ")]
    [InlineData("quantization.layers=[{\"layer\":3}]", "quantization.layers[0].layer: the value has the wrong kind, it takes text; ")]
    [InlineData("optimizer.learningRate=-1", "optimizer.learningRate is -1")]
    [InlineData("name.inner=1", "'name' has no keys inside")]
    [InlineData("schedule.offset=-1", "schedule.offset is -1")]
    [InlineData("schedule={\"offset\":4,\"span\":3}", "schedule.span is 3, but schedule.offset is 4")]
    [InlineData("quantization.weightBits=9", "quantization.weightBits is 9")]
    [InlineData("quantization.method=lsg", "there is no quantization method 'lsg'; use lsq, ")]
    [InlineData("quantization.ewgsDelta=0.1", "quantization.ewgsDelta belongs to ewgs, but the method is lsq")]
    [InlineData("quantization.clipStart=6", "quantization.clipStart belongs to pact, pact-sawb, apot, but the method is lsq")]
    [InlineData("quantization.activationInit=msee", "quantization.activationInit is 'msee'; use lsq, ")]
    [InlineData("quantization.weightInit=MSE", "quantization.weightInit is 'MSE'; use lsq, ")]
    [InlineData("quantization.method=qil", "quantization.firstLayerWeightBits or its method does not fit: qil weights have no Full grid")]
    [InlineData("data.mixUp=-1", "data.mixUp is -1")]
    [InlineData("data.mixUp=1e-9", "0.001 to 1000")]
    [InlineData("training.tensorBoardSteps=true", "training.tensorBoardSteps needs training.tensorBoard")]
    [InlineData("model.multiplier=2", "only mobilenetv2")]
    [InlineData("model={\"kind\":\"mobilenetv2\",\"width\":16}", "model.multiplier")]
    [InlineData("model={\"kind\":\"mobilenetv2\",\"multiplier\":9}", "model.multiplier is 9")]
    [InlineData("model.hidden=null", "model.hidden is null")]
    [InlineData("distillation={}", "distillation.teacher is empty")]
    [InlineData("distillation={\"teacher\":\"t.lbc\",\"temperature\":0}", "distillation.temperature is 0")]
    [InlineData("distillation={\"teacher\":\"t.lbc\",\"weight\":1.5}", "distillation.weight is 1.5")]
    [InlineData("distillation={\"teacher\":\"t.lbc\",\"model\":{}}", "distillation.model is only for")]
    [InlineData("distillation={\"teacher\":\"t.safetensors\"}", "distillation.model is missing")]
    [InlineData("distillation={\"teacher\":\"t.safetensors\",\"model\":{\"kind\":\"x\"}}", "distillation.model.kind is 'x'")]
    [InlineData("distillation={\"teacher\":\"t.lbc\",\"mean\":[0],\"deviation\":[1]}", "distillation.mean")]
    [InlineData("distillation={\"teacher\":\"t.safetensors\",\"model\":{},\"mean\":[0]}", "distillation.deviation")]
    [InlineData("distillation={\"teacher\":\"t.safetensors\",\"model\":{},\"mean\":[0],\"deviation\":[0]}", "distillation.mean and distillation.deviation: channel 0")]
    [InlineData("quantization.layers=null", "quantization.layers is null")]
    [InlineData("quantization.layers=[null]", "quantization.layers[0] is null")]
    [InlineData("quantization.layers=[{}]", "quantization.layers[0] names no layer")]
    [InlineData("quantization.layers=[{\"layer\":\"a\"}]", "quantization.layers[0] gives 'a' no bits")]
    [InlineData("quantization.layers=[{\"layer\":\"a\",\"weightBit\":4}]", "did you mean 'quantization.layers[0].weightBits'?")]
    [InlineData("quantization.layers=[{\"layer\":\"a\",\"weightBits\":0}]", "quantization.layers[0].weightBits ('a') is 0")]
    [InlineData("quantization.layers=[{\"layer\":\"a\",\"weightBits\":2},{\"layer\":\"a\",\"weightBits\":2}]", "names 'a' a second time")]
    [InlineData("quantization.layers=a", "quantization.layers: the value has the wrong kind, it takes a list, [ … ]; ")]
    [InlineData("quantization={\"layers\":[{\"layer\":\"a\",\"weightBits\":1}],\"progressive\":[{\"epoch\":0,\"bits\":4}]}", "add a stage of 1 bits")]
    [InlineData("quantization.widths=null", "quantization.widths is null")]
    [InlineData("quantization.widths=[2]", "quantization.widths is 2; name two or more")]
    [InlineData("quantization.widths=[3,4]", "quantization.weightBits is 2, which is not among quantization.widths 3, 4")]
    [InlineData("quantization.clipping=Function", "quantization.clipping is Function")]
    [InlineData("quantization.clipping=Curve", "quantization.clipping: the value has the wrong kind, it takes Table, Function or Shared; ")]
    [InlineData("quantization.widthJitter=1.5", "quantization.widthJitter is 1.5; it must be 0 to 1")]
    [InlineData("quantization.widthJitter=0.5", "quantization.widths names no widths to move between")]
    [InlineData("quantization={\"widths\":[2,4],\"progressive\":[{\"epoch\":0,\"bits\":4}]}", "exclude each other")]
    [InlineData("quantization.maskWeightGradient=true", "quantization.maskWeightGradient belongs to weightnorm, but the method is lsq")]
    [InlineData("quantization.progressive=null", "quantization.progressive is null")]
    [InlineData("quantization.progressive=[null]", "quantization.progressive[0] is null")]
    [InlineData("quantization.progressive=8", "quantization.progressive")]
    [InlineData("quantization.progressive=[{\"epoch\":0,\"bit\":8}]", "did you mean 'quantization.progressive[0].bits'?")]
    [InlineData("quantization.progressive=[{\"epoch\":1,\"bits\":2}]", "quantization.progressive[0].epoch is 1")]
    [InlineData("quantization.progressive=[{\"epoch\":0,\"bits\":9}]", "quantization.progressive[0].bits is 9")]
    [InlineData("quantization.progressive=[{\"epoch\":0,\"bits\":8},{\"epoch\":0,\"bits\":2}]", "quantization.progressive[1].epoch is 0")]
    [InlineData("quantization.progressive=[{\"epoch\":0,\"bits\":8},{\"epoch\":3,\"bits\":2}]", "quantization.progressive[1].epoch is 3")]
    [InlineData("quantization.progressive=[{\"epoch\":0,\"bits\":4},{\"epoch\":1,\"bits\":4}]", "fewer")]
    [InlineData("quantization.progressive=[{\"epoch\":0,\"bits\":8},{\"epoch\":1,\"bits\":4}]", "w2a4")]
    [InlineData("schedule.warmUp=3", "schedule.warmUp is 3, but training.epochs is 3: ")]
    [InlineData("schedule.warmUp=5.5", "use --set schedule.warmUp=0")]
    [InlineData("schedule={\"warmUp\":7,\"offset\":4}", "training.epochs is 3 of a whole training of 7")]
    [InlineData("schedule={\"warmUp\":8,\"span\":8}", "training.epochs is 3 of a whole training of 8")]
    [InlineData("name=.", "name is '.'")]
    [InlineData("name=..", "name is '..'")]
    public void Wrong_settings_are_named(string setting, string part)
    {
        ArgumentException e = Assert.ThrowsAny<ArgumentException>(() => RecipeReader.Parse(Small, "s", setting));
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "warmUp": 2.9 }""", 2.9)]
    [InlineData("""{ "warmUp": 3, "kind": "step", "milestones": [2] }""", 3)]
    [InlineData("""{ "warmUp": 4, "kind": "constant" }""", 4)]
    [InlineData("""{ "warmUp": 3, "offset": 1 }""", 3)]
    [InlineData("""{ "warmUp": 3, "span": 4 }""", 3)]
    public void A_warm_up_that_ends_before_the_cosine_is_taken_as_it_is(string schedule, double warmUp)
    {
        Recipe recipe = RecipeReader.Parse(Small, "s", $"schedule={schedule}");
        Assert.Equal(warmUp, recipe.Schedule.WarmUp);
        Assert.Same(recipe.Schedule, recipe.Schedule.ShortenedFor(3));
    }

    [Fact]
    public void A_warm_up_can_be_shortened_to_half_of_a_training()
    {
        var section = new ScheduleSection { WarmUp = 2, Final = 0.1 };
        Assert.Same(section, section.ShortenedFor(3));
        Assert.Equal(section with { WarmUp = 1 }, section.ShortenedFor(2));
        Assert.Equal(section with { WarmUp = 0.5 }, section.ShortenedFor(1));
        Assert.Equal(0.75, (section with { Offset = 0.5 }).ShortenedFor(1).WarmUp);
        Assert.Equal(1, (section with { Span = 2 }).ShortenedFor(1).WarmUp);

        // What no training can have stays for validation to find.
        Assert.Equal(double.PositiveInfinity, (section with { WarmUp = double.PositiveInfinity }).ShortenedFor(1).WarmUp);
        Assert.Same(section, section.ShortenedFor(0));
    }

    [Theory]
    [InlineData("quantization.method=apot", "quantization.weightBits=7", "quantization.weightBits or its method does not fit: sums of powers of two have 2 to 6 bits, got 7")]
    [InlineData("quantization.method=qil", "quantization.weightBits=1", "qil weights have 2 bits or more")]
    [InlineData("quantization.method=dsq", "quantization.dsqAlpha=0.7", "alpha of dsq is at least 2^-10 and at most 0.5")]
    [InlineData("quantization.method=ewgs", "quantization.learnAlpha=false", "quantization.learnAlpha belongs to dsq")]
    [InlineData("quantization.method=dorefa", "quantization.activationInit=mse", "quantization.activationInit or its method does not fit: there is no choice of a first step here, got init 'mse': dorefa clips activations to 0..1; leave it out")]
    [InlineData("quantization.method=dorefa", "quantization.weightInit=mse", "quantization.weightInit or its method does not fit: there is no choice of a first step here, got init 'mse': dorefa divides")]
    [InlineData("quantization.method=pact", "quantization.weightInit=mse", "got init 'mse': pact divides weights by the largest |tanh w|; leave it out")]
    [InlineData("quantization.method=lsq+", "quantization.activationInit=mse", "quantization.activationInit or its method does not fit")]
    [InlineData("quantization={\"method\":\"pact\",\"clipStart\":6}", "quantization.activationInit=mse", "quantization.clipStart and quantization.activationInit")]
    [InlineData("quantization.method=ewgs", "quantization.ewgsDelta=-1", "delta of ewgs is 0 or more, got -1")]
    public void Methods_say_what_they_do_not_have(string method, string setting, string part)
    {
        ArgumentException e = Assert.ThrowsAny<ArgumentException>(() => RecipeReader.Parse("""{ "name": "x" }""", "s", method, setting));
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Method_options_reach_the_quantizers()
    {
        Recipe recipe = RecipeReader.Parse(
            """{ "name": "x", "quantization": { "method": "apot", "clipStart": 5 } }""", "s");
        Assert.Equal(5f, recipe.Quantization!.ToPolicy().ClipStart);
        Assert.Equal(recipe.ToJson(), RecipeReader.Parse(recipe.ToJson(), "again").ToJson());
        recipe = RecipeReader.Parse("""{ "name": "x", "quantization": { "method": "qil", "learnGamma": false } }""", "s");
        using var quant = new Conv2d(CpuDevice.Shared, new ConvOptions(2, 3, 3), recipe.Quantization!.ToPolicy().Weights(LayerPlace.Inner));
        Assert.Equal("center,width", string.Join(',', quant.Quantizer!.Parameters().Select(p => p.Name)));
        recipe = RecipeReader.Parse("""{ "name": "x", "quantization": { "method": "dsq", "learnAlpha": false } }""", "s");
        using var fixedSoftness = new Conv2d(CpuDevice.Shared, new ConvOptions(2, 3, 3), recipe.Quantization!.ToPolicy().Weights(LayerPlace.Inner));
        Assert.Equal("upper", string.Join(',', fixedSoftness.Quantizer!.Parameters().Select(p => p.Name)));
    }

    [Theory]
    [InlineData("""{ "name": "x", "modell": {} }""", "did you mean 'model'?")]
    [InlineData("""{ "name": "x", "model": { "kid": "mlp" } }""", "did you mean 'model.kind'?")]
    [InlineData("""{ "name": "x", "model": { "kind": "lenet" } }""", "did you mean 'lenet5'?")]
    [InlineData("""{ "name": "x", "model": null }""", "quantization")]
    [InlineData("""{ "name": "x", "quantization": { "progressive": [{ "epock": 0, "bits": 4 }] } }""", "did you mean 'quantization.progressive[0].epoch'?")]
    [InlineData("""{ "name": "x", "distillation": { "teachr": "a.lbc" } }""", "did you mean 'distillation.teacher'?")]
    [InlineData("""{ "name": "x", "training": { "epochs": "ten" } }""", "training.epochs")]
    [InlineData("""{ "name": "x", "training": { "epochs": 0 } }""", "training.epochs is 0")]
    [InlineData("""{ "name": "a/b" }""", "name is 'a/b'")]
    [InlineData("""{ "name": "x", "name": "y" }""", "name")]
    [InlineData("[1]", "JSON object")]
    [InlineData("{", "not JSON")]
    [InlineData("", "not JSON")]
    public void Wrong_files_are_described(string json, string part)
    {
        LowBitFormatException e = Assert.Throws<LowBitFormatException>(() => RecipeReader.Parse(json, "file.json"));
        Assert.Contains("file.json", e.Message, StringComparison.Ordinal);
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_recipes_give_one_kind_of_error()
    {
        Arbitrary<(int At, char To)> damage = Arb.From(
            from at in Gen.Choose(0, Small.Length - 1)
            from to in Gen.Elements("{}[],:\"0x-\0\uFFFF".ToCharArray())
            select (at, to));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay(20_261, 7), Prop.ForAll(damage, d =>
        {
            try
            {
                RecipeReader.Parse(Small[..d.At] + d.To + Small[(d.At + 1)..], "fuzz");
                return true;
            }
            catch (LowBitFormatException)
            {
                return true;
            }
        }));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Recipes_of_the_repository_are_valid(string file)
    {
        Recipe recipe = RecipeReader.Load(Path.Combine(RepositoryPaths.Root, "recipes", file));
        Assert.Equal(Path.GetFileNameWithoutExtension(file), recipe.Name);
        Assert.NotEmpty(recipe.Description);
    }
}
