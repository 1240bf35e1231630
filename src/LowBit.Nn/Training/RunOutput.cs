using LowBit.Nn.TensorBoard;
using LowBit.Quantization;

namespace LowBit.Nn.Training;

/// <summary>What a run writes after each epoch beside its checkpoints: a line of metrics, and TensorBoard events where asked.</summary>
internal sealed class RunOutput
{
    private const string MetricsFile = "metrics.jsonl";

    private readonly MetricsWriter _metrics;
    private readonly EventWriter? _events;
    private readonly bool _withSteps;

    private RunOutput(TrainerOptions options, string folder, int epochsDone, long stepsDone)
    {
        _metrics = new MetricsWriter(Path.Combine(folder, MetricsFile), epochsDone);
        string events = Path.Combine(folder, EventWriter.FileName);
        if (!options.TensorBoard && stepsDone == 0)
        {
            // A run that starts anew in an old folder would be shown with the curves of the old one.
            File.Delete(events);
        }

        _events = options.TensorBoard ? new EventWriter(events, stepsDone) : null;
        _withSteps = options.TensorBoardSteps;
    }

    /// <summary>Opens the files where the run stands; null when the options name no folder.</summary>
    public static RunOutput? Open(TrainerOptions options, int epochsDone, long stepsDone)
    {
        if (options.OutputFolder is null)
        {
            return null;
        }

        Directory.CreateDirectory(options.OutputFolder);
        return new RunOutput(options, options.OutputFolder, epochsDone, stepsDone);
    }

    /// <summary>Removes what an earlier run left: until the new one has a checkpoint of its own, nobody takes the old model for it.</summary>
    public static void Clear(string folder)
    {
        // The last checkpoint first: without it nothing can be gone on with.
        foreach (string name in (ReadOnlySpan<string>)[TrainingRun.LastFile, TrainingRun.BestFile, RunRecord.FileName, MetricsFile, EventWriter.FileName])
        {
            File.Delete(Path.Combine(folder, name));
        }
    }

    public void Append(EpochMetrics line, Module model)
    {
        _metrics.Append(line);
        _events?.Append(line.Step, Scalars(line, model));
    }

    private List<(string Tag, double Value)> Scalars(EpochMetrics line, Module model)
    {
        var scalars = new List<(string, double)>
        {
            ("loss/train", line.TrainLoss),
            ("accuracy/train", line.TrainAccuracy),
            ("learning_rate", line.LearningRate),
            ("images_per_second", line.ImagesPerSecond),
        };
        if (line.TestLoss is { } loss)
        {
            scalars.Add(("loss/test", loss));
        }

        if (line.TestAccuracy is { } accuracy)
        {
            scalars.Add(("accuracy/test", accuracy));
        }

        foreach ((string path, Quantizer quantizer) in _withSteps ? model.Quantizers() : [])
        {
            // Of a step for each channel, the mean: one curve for each quantizer.
            scalars.Add(($"step/{path}", quantizer.Step.ToArray().Average()));
        }

        return scalars;
    }
}
