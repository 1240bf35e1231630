using LowBit.Nn.Checkpoints;
using LowBit.Nn.Layers;
using LowBit.Nn.Losses;
using LowBit.Nn.Optimisation;
using LowBit.Nn.Schedules;
using LowBit.Quantization;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Nn.Training;

/// <summary>
/// Trains a model for some epochs: forward, backward, step; an evaluation, a metrics line and a checkpoint after each epoch. The
/// result depends on model, sources and options alone, not on the thread count and not on interruptions.
/// </summary>
public sealed class Trainer
{
    private readonly Module _model;
    private readonly Optimiser _optimiser;
    private readonly Schedule _schedule;
    private readonly Loss _loss;
    private readonly IBatchSource _train;
    private readonly IBatchSource? _test;
    private readonly TrainerOptions _options;
    private readonly BatchBuffers _buffers;
    private readonly List<Quantizer> _penalised = [];
    private readonly SwitchableWidths _widths;
    private TrainingPosition _position = new();

    /// <summary>Creates a trainer at the start of a run.</summary>
    /// <param name="model">The model; training changes it.</param>
    /// <param name="optimiser">Over the model's parameters.</param>
    /// <param name="schedule">Learning rate over time.</param>
    /// <param name="loss">What is minimised.</param>
    /// <param name="train">Training images, shuffled and augmented by epoch.</param>
    /// <param name="test">Test images, or null for no evaluation.</param>
    /// <param name="options">Length, rate, output.</param>
    /// <exception cref="ArgumentException">An option is outside its range, or the sources have different images.</exception>
    public Trainer(Module model, Optimiser optimiser, Schedule schedule, Loss loss, IBatchSource train, IBatchSource? test, TrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimiser);
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (test is not null && (test.Height, test.Width, test.Channels, test.Classes) != (train.Height, train.Width, train.Channels, train.Classes))
        {
            throw new ArgumentException(
                $"training images are {train.Height}x{train.Width}x{train.Channels} in {train.Classes} classes, test images "
                + $"{test.Height}x{test.Width}x{test.Channels} in {test.Classes}; they must be alike", nameof(test));
        }

        if (train.Batches < 1)
        {
            throw new ArgumentException($"{train.Count} training images do not fill one batch of {train.BatchSize}; use a smaller batch", nameof(train));
        }

        (_model, _optimiser, _schedule, _loss, _train, _test, _options) = (model, optimiser, schedule, loss, train, test, options);
        _position.Stage = options.Stage;
        _buffers = new BatchBuffers(train);
        _widths = new SwitchableWidths(model, options.WidthJitter);

        // A decay of clipping levels is the gradient of their penalty: where the optimiser has one, it takes the penalty's place.
        var decayed = new HashSet<Tensor>(
            optimiser.Groups.Where(group => group.WeightDecay > 0).SelectMany(group => group.Parameters).Select(parameter => parameter.Tensor), ReferenceEqualityComparer.Instance);
        foreach ((_, Quantizer quantizer) in model.Quantizers())
        {
            using (TensorScope.Begin())
            {
                if (quantizer.Penalty() is not null && !quantizer.Parameters().Any(parameter => decayed.Contains(parameter.Tensor)))
                {
                    _penalised.Add(quantizer);
                }
            }
        }
    }

    /// <summary>Where the run stands.</summary>
    public TrainingPosition Position => _position with { };

    /// <summary>Continues from a checkpoint: model, optimiser and position are taken from it.</summary>
    /// <param name="checkpoint">Written by a trainer of the same recipe.</param>
    /// <exception cref="ArgumentException">It has no position, or does not fit the model or the optimiser.</exception>
    public void Resume(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        TrainingPosition position = checkpoint.Position
            ?? throw new ArgumentException("the checkpoint holds no position in the data; it was not written by training and can only serve as 'init'");
        if (position.Batch > _train.Batches)
        {
            throw new ArgumentException($"the checkpoint stands at batch {position.Batch} of {_train.Batches}; resume with the data and batch size it was made with");
        }

        if (position.Stage != _options.Stage)
        {
            throw new ArgumentException($"the checkpoint is of stage {position.Stage} and the model of stage {_options.Stage}; build the model of the checkpoint's stage");
        }

        checkpoint.LoadModel(_model);
        checkpoint.LoadOptimiser(_optimiser);
        _position = position with { };
    }

    /// <summary>Goes on from the stage before this one: what the checkpoint lacks finds its value from the first batch.</summary>
    /// <param name="carried">Made by <see cref="StageChange.Carry"/>.</param>
    internal void TakeOver(Checkpoint carried)
    {
        carried.InitializeModel(_model);
        carried.LoadOptimiser(_optimiser);
        _position = carried.Position! with { };
    }

    /// <summary>Trains to the end of the run or of its stage, or until cancelled; then the state is saved first.</summary>
    /// <param name="progress">Told about ten times a second, and after every epoch; or null.</param>
    /// <param name="token">Cancel to stop after the current step.</param>
    /// <exception cref="TrainingException">The loss, a weight or a quantizer's step is no finite number any more; files are as the epoch or the session before left them.</exception>
    public TrainingResult Run(IProgress<TrainingProgress>? progress = null, CancellationToken token = default)
    {
        // From the start of the epoch: a run that stopped while it evaluated has all steps of an epoch behind it whose events it repeats.
        var output = RunOutput.Open(_options, _position.Epoch, _optimiser.Steps - _position.Batch);
        var clock = new EpochClock(_position.Seconds);
        while (_position.Epoch < (_options.Until ?? _options.Epochs))
        {
            SetModes();
            clock.StartEpoch();
            if (!TrainEpoch(clock, progress, token) || !FinishEpoch(clock, output, progress, token))
            {
                _position.Seconds = clock.TotalSeconds;
                Save("last", Capture());
                return Result(clock, isInterrupted: true);
            }
        }

        return Result(clock, isInterrupted: false);
    }

    /// <summary>One optimiser step on one batch, outside any bookkeeping: for benchmarks and tests.</summary>
    /// <param name="epoch">Epoch of the batch, from 0.</param>
    /// <param name="batch">Number of the batch, from 0.</param>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="TrainingException">The loss, or a number that a quantizer needs, is not finite any more.</exception>
    public double Step(int epoch, int batch) => Step(epoch, batch, out _);

    // Bits that move do so for this one step, so that evaluations and checkpoints have the selected ones.
    private double Step(int epoch, int batch, out int correct)
    {
        _widths.Move(epoch, batch);
        try
        {
            return StepAsIs(epoch, batch, out correct);
        }
        catch (ArithmeticException failure) when (Divergence.IsMeantBy(failure))
        {
            throw Divergence.Of(failure, Place(epoch, batch, _optimiser.Steps + 1));
        }
        finally
        {
            _widths.Return();
        }
    }

    private double StepAsIs(int epoch, int batch, out int correct)
    {
        using (TensorScope.Begin())
        {
            Tensor images = _buffers.Load(_model.Device, epoch, batch, _options.MixUp);
            Tensor logits = _model.Forward(images);
            correct = _buffers.CountCorrect(logits);
            Tensor loss = LossOf(images, logits);
            double value = loss.Item();
            if (!double.IsFinite(value))
            {
                throw Divergence.Of($"the loss became {value}", Place(epoch, batch, _optimiser.Steps + 1));
            }

            _optimiser.ZeroGradients();
            _widths.DropGradients();
            loss.Backward();
            foreach (Quantizer quantizer in _penalised)
            {
                quantizer.Penalty()?.Backward();
            }

            _optimiser.Step(RateAt(epoch, batch));
            return value;
        }
    }

    private Tensor LossOf(Tensor images, Tensor logits)
    {
        Tensor loss = _loss.Of(logits, _buffers.Labels);
        if (_options.MixUp is not null)
        {
            loss = loss.Scale(_buffers.Share) + _loss.Of(logits, _buffers.Partners).Scale(1 - _buffers.Share);
        }

        return _options.Teacher?.Blend(loss, images, logits) ?? loss;
    }

    private double RateAt(int epoch, int batch)
        => _options.LearningRate * _schedule.Factor(epoch + (batch / (double)_train.Batches), _options.Epochs);

    private string Place(int epoch, int batch, long step) => $"in epoch {epoch + 1}, batch {batch + 1} (step {step}, learning rate {RateAt(epoch, batch):g4})";

    private void SetModes()
    {
        _model.Train();
        bool isFrozen = _position.Epoch >= _options.FreezeNormsFrom;
        foreach ((_, Module module) in _model.Modules())
        {
            if (module is BatchNorm2d norm)
            {
                norm.IsFrozen = isFrozen;
            }
        }
    }

    // False when cancelled before the epoch's last batch.
    private bool TrainEpoch(EpochClock clock, IProgress<TrainingProgress>? progress, CancellationToken token)
    {
        while (_position.Batch < _train.Batches)
        {
            if (token.IsCancellationRequested)
            {
                return false;
            }

            double loss = Step(_position.Epoch, _position.Batch, out int correct);
            _position.LossSum += loss * _buffers.Count;
            _position.Correct += correct;
            _position.Seen += _buffers.Count;
            _position.Batch++;
            clock.Trained(_buffers.Count);
            if (progress is not null && clock.IsReportDue())
            {
                progress.Report(Report(clock, null));
            }
        }

        return true;
    }

    // False when cancelled during the evaluation: the epoch's last step is saved and the evaluation repeated on resume.
    private bool FinishEpoch(EpochClock clock, RunOutput? output, IProgress<TrainingProgress>? progress, CancellationToken token)
    {
        int done = _position.Epoch + 1;
        clock.StopTraining();
        EvaluationResult? evaluation = null;
        if (_test is not null && (done % _options.EvaluateEvery == 0 || done == _options.Epochs))
        {
            try
            {
                evaluation = Evaluate(_test, token);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        IReadOnlyDictionary<string, CheckpointTensor> state = Capture();
        var line = new EpochMetrics
        {
            Epoch = done,
            Step = _optimiser.Steps,
            LearningRate = RateAt(_position.Epoch, _train.Batches - 1),
            TrainLoss = _position.LossSum / _position.Seen,
            TrainAccuracy = _position.Correct / (double)_position.Seen,
            TestLoss = evaluation?.Loss,
            TestAccuracy = evaluation?.Accuracy,
            Bits = _options.Bits,
            ImagesPerSecond = clock.ImagesPerSecond,
            Seconds = clock.TotalSeconds,
        };
        TrainingProgress report = Report(clock, line);
        bool isBest = evaluation is not null && evaluation.Accuracy > _position.BestAccuracy;
        _position = new TrainingPosition
        {
            Epoch = done,
            Stage = _position.Stage,
            BestAccuracy = isBest ? evaluation!.Accuracy : _position.BestAccuracy,
            BestEpoch = isBest ? done - 1 : _position.BestEpoch,
            LastAccuracy = evaluation?.Accuracy ?? _position.LastAccuracy,
            Seconds = clock.TotalSeconds,
        };

        // The last checkpoint says that the epoch is done, so it comes last: a run that goes on from the one before repeats the epoch and writes the same again.
        output?.Append(line, _model);
        if (isBest || (_test is null && done == _options.Epochs))
        {
            Save("best", state);
        }

        Save("last", state);
        progress?.Report(report);
        return true;
    }

    private EvaluationResult Evaluate(IBatchSource test, CancellationToken token)
    {
        try
        {
            EvaluationResult result = Evaluator.Run(_model, test, token);
            return double.IsFinite(result.Loss) ? result : throw Divergence.Of($"the test loss became {result.Loss}", PlaceOfLastStep());
        }
        catch (ArithmeticException failure) when (Divergence.IsMeantBy(failure))
        {
            throw Divergence.Of(failure, PlaceOfLastStep());
        }
    }

    private string PlaceOfLastStep() => Place(_position.Epoch, Math.Max(_position.Batch - 1, 0), _optimiser.Steps);

    private TrainingProgress Report(EpochClock clock, EpochMetrics? finished)
    {
        long left = ((long)(_options.Epochs - _position.Epoch) * _train.Batches) - _position.Batch;
        double rate = clock.ImagesPerSecond;
        TimeSpan remaining = rate > 0 ? TimeSpan.FromSeconds(left * (double)_train.BatchSize / rate) : TimeSpan.Zero;
        return new TrainingProgress(
            _position.Epoch + 1, _options.Epochs, _position.Batch, _train.Batches, _position.LossSum / Math.Max(_position.Seen, 1),
            _position.Correct / (double)Math.Max(_position.Seen, 1), RateAt(_position.Epoch, Math.Max(_position.Batch - 1, 0)), rate, remaining, finished);
    }

    private TrainingResult Result(EpochClock clock, bool isInterrupted) => new(
        _position.Epoch, _position.BestAccuracy, _position.BestAccuracy < 0 ? 0 : _position.BestEpoch + 1, _position.LastAccuracy,
        clock.SessionImagesPerSecond, _position.Seconds, isInterrupted);

    // Also without a folder: a run whose last step ruined the model has failed.
    private IReadOnlyDictionary<string, CheckpointTensor> Capture()
    {
        IReadOnlyDictionary<string, CheckpointTensor> state = Checkpoint.Capture(_model, _optimiser);
        Divergence.RequireFinite(state, PlaceOfLastStep());
        return state;
    }

    private void Save(string name, IReadOnlyDictionary<string, CheckpointTensor> state)
    {
        if (_options.OutputFolder is not null)
        {
            CheckpointFile.Write(Path.Combine(_options.OutputFolder, name + CheckpointFile.Extension), new Checkpoint(state)
            {
                Recipe = _options.Recipe,
                Data = _options.Data,
                Position = Position,
                OptimiserSteps = _optimiser.Steps,
                Teacher = _options.Teacher?.Fingerprint,
            });
        }
    }
}
