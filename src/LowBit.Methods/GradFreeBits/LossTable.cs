using LowBit.Methods.Allocation;
using LowBit.Methods.Candidates;
using LowBit.Nn.Training;

namespace LowBit.Methods.GradFreeBits;

/// <summary>
/// What is known of candidates on single batches: nothing is evaluated twice. A candidate that comes back in a later generation costs only the batches
/// that are new.
/// </summary>
public sealed class LossTable
{
    private readonly CandidateEvaluator _evaluator;
    private readonly IBatchSource _images;
    private readonly Dictionary<BitAllocation, SortedDictionary<int, BatchScore>> _scores = [];
    private readonly Dictionary<int, CandidateBatch> _batches = [];

    /// <summary>Creates an empty table.</summary>
    /// <param name="evaluator">Judges what is not in the table.</param>
    /// <param name="images">The stream of batches.</param>
    public LossTable(CandidateEvaluator evaluator, IBatchSource images)
    {
        ArgumentNullException.ThrowIfNull(evaluator);
        ArgumentNullException.ThrowIfNull(images);
        (_evaluator, _images) = (evaluator, images);
    }

    /// <summary>Images of a batch.</summary>
    public int BatchSize => _images.BatchSize;

    /// <inheritdoc cref="CandidateEvaluator.ImagePasses"/>
    public double ImagePasses => _evaluator.ImagePasses;

    /// <summary>Judges candidates on batches, as far as the table does not know them.</summary>
    /// <param name="candidates">The candidates; equal ones count once.</param>
    /// <param name="batches">Numbers in the stream.</param>
    /// <param name="token">Stops between batches.</param>
    public void Require(IEnumerable<BitAllocation> candidates, IReadOnlyList<int> batches, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(batches);
        // Neighbours in this order share the longest beginnings, should a batch have to be divided among workers.
        List<BitAllocation> different = [.. candidates.Distinct().OrderBy(static candidate => candidate.Digits, StringComparer.Ordinal)];
        List<(int Batch, BitAllocation[] Missing)> work =
            [.. batches.Select(batch => (batch, different.Where(candidate => !Knows(candidate, batch)).ToArray())).Where(static entry => entry.Item2.Length > 0)];
        int parts = work.Count == 0 ? 1 : (_evaluator.Workers + work.Count - 1) / work.Count;
        List<CandidateJob> jobs =
            [.. work.SelectMany(entry => entry.Missing.Chunk((entry.Missing.Length + parts - 1) / parts).Select(chunk => new CandidateJob(Batch(entry.Batch), chunk)))];
        _evaluator.Run(jobs, token);
        foreach (CandidateJob job in jobs)
        {
            for (int i = 0; i < job.Candidates.Count; i++)
            {
                Put(job.Candidates[i], job.Batch.Index, new BatchScore(job.Losses[i], job.Correct[i] / (double)job.Batch.Labels.Length));
            }
        }

        Forget(batches.Count > 0 ? batches[0] : 0);
    }

    /// <summary>Mean loss of a candidate over batches that the table knows.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="batches">Numbers in the stream.</param>
    public double Loss(BitAllocation candidate, IReadOnlyList<int> batches) => batches.Average(batch => _scores[candidate][batch].Loss);

    /// <summary>Share of images classified rightly by a candidate over batches that the table knows, 0 to 1.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="batches">Numbers in the stream.</param>
    public double Accuracy(BitAllocation candidate, IReadOnlyList<int> batches) => batches.Average(batch => _scores[candidate][batch].Accuracy);

    /// <summary>The batches on which a candidate was judged, ascending; none when it never was.</summary>
    /// <param name="candidate">The candidate.</param>
    public IReadOnlyList<int> BatchesOf(BitAllocation candidate) => _scores.TryGetValue(candidate, out SortedDictionary<int, BatchScore>? known) ? [.. known.Keys] : [];

    /// <summary>Candidates that were judged, in the order in which they came.</summary>
    public IEnumerable<BitAllocation> All() => _scores.Keys;

    /// <summary>The table as it is saved: for each candidate batch numbers, losses and accuracies.</summary>
    public ScoredCandidate[] Save() => [.. _scores.Select(entry => new ScoredCandidate
    {
        Bits = entry.Key.Digits,
        Batches = [.. entry.Value.Keys],
        Losses = [.. entry.Value.Values.Select(score => score.Loss)],
        Accuracies = [.. entry.Value.Values.Select(score => score.Accuracy)],
    })];

    /// <summary>Takes over a saved table.</summary>
    /// <param name="saved">What <see cref="Save"/> gave.</param>
    /// <exception cref="ArgumentException">An entry is not of the evaluator's space or contradicts itself.</exception>
    public void Load(IEnumerable<ScoredCandidate> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        foreach (ScoredCandidate entry in saved)
        {
            var candidate = new BitAllocation(entry.Bits);
            if (!_evaluator.Space.Contains(candidate) || entry.Batches.Length != entry.Losses.Length || entry.Batches.Length != entry.Accuracies.Length)
            {
                throw new ArgumentException($"the saved candidate {entry.Bits} is not of this model; start the search anew in another folder");
            }

            for (int i = 0; i < entry.Batches.Length; i++)
            {
                Put(candidate, entry.Batches[i], new BatchScore(entry.Losses[i], entry.Accuracies[i]));
            }
        }
    }

    private bool Knows(BitAllocation candidate, int batch) => _scores.TryGetValue(candidate, out SortedDictionary<int, BatchScore>? known) && known.ContainsKey(batch);

    private void Put(BitAllocation candidate, int batch, BatchScore score)
    {
        if (!_scores.TryGetValue(candidate, out SortedDictionary<int, BatchScore>? known))
        {
            known = [];
            _scores.Add(candidate, known);
        }

        known[batch] = score;
    }

    private CandidateBatch Batch(int index)
    {
        if (!_batches.TryGetValue(index, out CandidateBatch? batch))
        {
            batch = CandidateBatch.Read(_images, index);
            _batches.Add(index, batch);
        }

        return batch;
    }

    // Images of batches that the window has left; they are read again should somebody ask.
    private void Forget(int before)
    {
        foreach (int index in _batches.Keys.Where(index => index < before).ToList())
        {
            _batches.Remove(index);
        }
    }

    private readonly record struct BatchScore(double Loss, double Accuracy);
}
