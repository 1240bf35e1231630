using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Files;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Layers;
using LowBit.Nn.Models;
using LowBit.Nn.Recipes;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Nn.Training;

/// <summary>
/// A trained model whose answers are learned beside the labels: <c>(1 − w)·L + w·T²·KL(teacher ‖ model)</c>. It runs in evaluation mode
/// and leaves no tape. With MixUp it sees the mixed images. Hinton et al. 2015, arXiv:1503.02531.
/// </summary>
public sealed class Teacher : IDisposable
{
    private readonly Module _model;
    private readonly Renormalization? _renormalization;

    /// <summary>Makes a teacher of a model.</summary>
    /// <param name="model">The model; it belongs to the teacher from now on, in evaluation mode.</param>
    /// <param name="temperature">T, above 0.</param>
    /// <param name="weight">w, above 0 and at most 1.</param>
    /// <param name="renormalization">From the run's images to those that the model was trained on; null when they are the same. It belongs to the teacher.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public Teacher(Module model, double temperature, double weight, Renormalization? renormalization = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(weight);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, 1);
        (_model, Temperature, Weight, _renormalization) = (model, temperature, weight, renormalization);
        _model.Evaluate();
        Fingerprint = FingerprintOf(model);
    }

    /// <summary>T.</summary>
    public double Temperature { get; }

    /// <summary>w.</summary>
    public double Weight { get; }

    /// <summary>The first 16 hexadecimal digits of the SHA-256 of all names and values: a resumed run must have the same teacher.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads the teacher of a recipe.</summary>
    /// <param name="device">Where it runs.</param>
    /// <param name="section">The recipe's part.</param>
    /// <param name="data">What the run knows about its data; the teacher must have been trained on images of this form.</param>
    /// <param name="foreign">Loads a <c>.safetensors</c> file into a model that is built already; null when only checkpoints can be read.</param>
    /// <exception cref="ArgumentException">The file is missing, the teacher was made for other images or classes, or one of its quantizers has no step yet.</exception>
    /// <exception cref="LowBitFormatException">The file is damaged.</exception>
    public static Teacher Read(Device device, DistillationSection section, DataFacts data, Action<Module, string>? foreign)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(data);
        if (!File.Exists(section.Teacher))
        {
            throw new ArgumentException($"distillation.teacher names {section.Teacher}, which does not exist; train that model first, or use --set distillation=null");
        }

        (Module model, InputNormalization normalization) = section.IsForeign() ? Foreign(device, section, data, foreign) : FromCheckpoint(device, section, data);
        return new Teacher(model, section.Temperature, section.Weight, Renormalization.Between(device, data.Normalization(), normalization));
    }

    /// <summary>The loss with the teacher's part.</summary>
    /// <param name="loss">The loss of the labels.</param>
    /// <param name="images">The batch that the model saw, <c>[N, H, W, C]</c>.</param>
    /// <param name="logits">The model's answers, <c>[N, classes]</c>.</param>
    /// <exception cref="ArgumentException">The teacher has another number of classes.</exception>
    public Tensor Blend(Tensor loss, Tensor images, Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(logits);
        Tensor target;
        using (NoGradient.Begin())
        using (TensorScope scope = TensorScope.Begin())
        {
            target = scope.Keep(_model.Forward(_renormalization?.Apply(images) ?? images));
        }

        Tensor soft = logits.Distillation(target, (float)Temperature).Scale((float)Weight);
        return Weight == 1 ? soft : loss.Scale((float)(1 - Weight)) + soft;
    }

    /// <summary>Disposes the model.</summary>
    public void Dispose()
    {
        _model.Dispose();
        _renormalization?.Dispose();
    }

    private static (Module Model, InputNormalization Normalization) FromCheckpoint(Device device, DistillationSection section, DataFacts data)
    {
        Checkpoint checkpoint = CheckpointFile.Read(section.Teacher);
        if (checkpoint.Recipe is null || checkpoint.Data is not { } facts)
        {
            throw new ArgumentException($"distillation.teacher names {section.Teacher}, which holds no recipe to build its model from; use a checkpoint that train wrote");
        }

        if ((facts.Classes, facts.Height, facts.Width, facts.Channels) != (data.Classes, data.Height, data.Width, data.Channels))
        {
            throw new ArgumentException(
                $"distillation.teacher names {section.Teacher}, made for {facts.Height}x{facts.Width}x{facts.Channels} images of {facts.Classes} classes; the data has "
                + $"{data.Height}x{data.Width}x{data.Channels} of {data.Classes}, use a teacher trained on it");
        }

        Module model = checkpoint.BuildModel(device);
        try
        {
            Evaluator.RequireSteps(model);
        }
        catch (ArgumentException failure)
        {
            model.Dispose();
            throw new ArgumentException($"distillation.teacher names {section.Teacher}, whose {failure.Message}", failure);
        }

        return (model, facts.Normalization());
    }

    private static (Module Model, InputNormalization Normalization) Foreign(Device device, DistillationSection section, DataFacts data, Action<Module, string>? load)
    {
        if (load is null)
        {
            throw new ArgumentException($"distillation.teacher names {section.Teacher}, and only checkpoints (.lbc) can be read here; train by the command line, which reads .safetensors too");
        }

        if (section.Mean is not null && section.Mean.Length != data.Channels)
        {
            throw new ArgumentException($"distillation.mean has {section.Mean.Length} numbers; the images have {data.Channels} channels");
        }

        InputNormalization normalization = section.Mean is null ? data.Normalization() : new InputNormalization(section.Mean, section.Deviation!);
        Module model = ModelFactory.Build(device, section.Model!, new ModelOptions
        {
            Classes = data.Classes,
            Height = data.Height,
            Width = data.Width,
            Channels = data.Channels,
            Normalization = normalization,
        });
        try
        {
            load(model, section.Teacher);
            return (model, normalization);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static string FingerprintOf(Module model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[4];
        foreach ((string name, CheckpointTensor tensor) in Checkpoint.Capture(model))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            foreach (float value in tensor.Data)
            {
                BinaryPrimitives.WriteSingleLittleEndian(number, value);
                hash.AppendData(number);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
