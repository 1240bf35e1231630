using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;
using LowBit.Methods.Allocation;
using LowBit.Nn.Checkpoints;

namespace LowBit.Methods.Candidates;

/// <summary>
/// Judges many allocations of one trained model without training: each worker has a copy of the model and takes whole batches, and on a batch
/// candidates that agree up to some layer share everything up to there. Weights are quantized once for each layer and width.
/// </summary>
/// <remarks>
/// A batch with λ candidates is a walk through the tree of their common beginnings: every stage (a block, or a layer with what follows it) runs once
/// for each different choice of bits in it and in the stages before. Values depend neither on the number of workers nor on which candidates are judged together.
/// </remarks>
public sealed class CandidateEvaluator : IDisposable
{
    private readonly CandidateReplica[] _replicas;
    private readonly double _operationsOfOne;
    private readonly ConditionalWeakTable<CandidateBatch, float[]>? _references;

    /// <summary>Copies a model for every worker.</summary>
    /// <param name="space">What can be chosen in the model.</param>
    /// <param name="checkpoint">The model, with recipe and data facts; its quantizers know the steps of all their widths.</param>
    /// <param name="norms">What batch norms use.</param>
    /// <param name="devices">One device for each worker, at least one; on a CPU best with one thread each.</param>
    /// <param name="temperature">T, above 0, of <see cref="CandidateLoss.Divergence"/>; null for <see cref="CandidateLoss.CrossEntropy"/>.</param>
    /// <exception cref="ArgumentException">The checkpoint is not of the space's model, or there is no device.</exception>
    public CandidateEvaluator(
        BitSpace space, Checkpoint checkpoint, NormStatistics norms, IReadOnlyList<Device> devices, double? temperature = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(devices);
        if (devices.Count == 0)
        {
            throw new ArgumentException("candidates need at least one device to run on", nameof(devices));
        }

        (Space, _references) = (space, temperature is null ? null : []);
        foreach (LayerSlot slot in space.Layers)
        {
            _operationsOfOne += slot.MultiplyAdds;
        }

        var replicas = new List<CandidateReplica>();
        try
        {
            foreach (Device device in devices)
            {
                replicas.Add(new CandidateReplica(space, checkpoint.BuildModel(device), norms, temperature ?? 1));
            }
        }
        catch
        {
            replicas.ForEach(static replica => replica.Dispose());
            throw;
        }

        _replicas = [.. replicas];
    }

    /// <summary>What can be chosen.</summary>
    public BitSpace Space { get; }

    /// <summary>How many jobs run at the same time.</summary>
    public int Workers => _replicas.Length;

    /// <summary>Images that passed through the whole model so far, parts of it counted by their multiply-adds.</summary>
    public double ImagePasses => _replicas.Sum(static replica => replica.MultiplyAdds) / _operationsOfOne;

    /// <summary>Runs jobs, several at the same time, and fills in their results.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="token">Stops between jobs.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Run(IReadOnlyList<CandidateJob> jobs, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        if (_references is { } known)
        {
            CandidateBatch[] missing = [.. jobs.Select(static job => job.Batch).Distinct().Where(batch => !known.TryGetValue(batch, out _))];
            Share(missing.Length, (replica, index) => known.Add(missing[index], replica.Reference(missing[index])), token);
        }

        Share(jobs.Count, (replica, index) => replica.Run(jobs[index], _references?.GetValue(jobs[index].Batch, replica.Reference)), token);
    }

    /// <summary>Releases the copies.</summary>
    public void Dispose()
    {
        foreach (CandidateReplica replica in _replicas)
        {
            replica.Dispose();
        }
    }

    // Every worker takes the next piece of work that nobody has.
    private void Share(int count, Action<CandidateReplica, int> work, CancellationToken token)
    {
        int next = -1;
        void Work(CandidateReplica replica)
        {
            while (Interlocked.Increment(ref next) is int index && index < count)
            {
                token.ThrowIfCancellationRequested();
                work(replica, index);
            }
        }

        if (_replicas.Length == 1 || count < 2)
        {
            Work(_replicas[0]);
        }
        else
        {
            Task[] tasks = [.. _replicas.Select(replica => Task.Factory.StartNew(() => Work(replica), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
            Join(tasks);
        }
    }

    // All workers end before the first failure is thrown on: none may still use a model that is disposed next.
    private static void Join(Task[] tasks)
    {
        try
        {
            Task.WaitAll(tasks);
        }
        catch (AggregateException failures)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failures.Flatten().InnerExceptions[0]);
        }
    }
}
