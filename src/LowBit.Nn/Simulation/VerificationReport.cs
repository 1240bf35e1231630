namespace LowBit.Nn.Simulation;

/// <summary>The comparison of simulation and engine over all images seen.</summary>
/// <param name="Nodes">One entry for each edge, in the order in which they are written.</param>
/// <param name="Images">Images compared.</param>
/// <param name="CorrectSimulated">Images whose label the simulation's highest logit hit; 0 without labels.</param>
/// <param name="CorrectInteger">Images whose label the engine's highest logit hit; 0 without labels.</param>
public sealed record VerificationReport(IReadOnlyList<NodeMismatch> Nodes, long Images, long CorrectSimulated, long CorrectInteger)
{
    /// <summary>Differences of all edges together.</summary>
    public long Mismatches
    {
        get
        {
            long total = 0;
            foreach (NodeMismatch node in Nodes)
            {
                total += node.Mismatches;
            }

            return total;
        }
    }

    /// <summary>Share of the labels that the simulation hit, 0 to 1.</summary>
    public double AccuracySimulated => Images == 0 ? 0 : (double)CorrectSimulated / Images;

    /// <summary>Share of the labels that the engine hit, 0 to 1.</summary>
    public double AccuracyInteger => Images == 0 ? 0 : (double)CorrectInteger / Images;
}
