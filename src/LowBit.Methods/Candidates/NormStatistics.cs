namespace LowBit.Methods.Candidates;

/// <summary>What batch norms use while candidates are judged.</summary>
public enum NormStatistics
{
    /// <summary>The statistics of each batch: fair to bits that the running ones were not collected with.</summary>
    Batch,

    /// <summary>The running statistics of training.</summary>
    Running,
}
