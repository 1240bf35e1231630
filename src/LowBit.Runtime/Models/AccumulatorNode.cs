namespace LowBit.Runtime.Models;

/// <summary>A node that sums products or codes in int32 and writes requantized views of the sums.</summary>
public abstract class AccumulatorNode : IntegerNode
{
    /// <summary>The value of <see cref="Residual"/> that says that nothing is added.</summary>
    public const int NoResidual = -1;

    /// <summary>Edge that is read.</summary>
    public required int Input { get; init; }

    /// <summary>Edge whose codes are added in the epilogue, of the output's shape, or <see cref="NoResidual"/>.</summary>
    public int Residual { get; init; } = NoResidual;

    /// <summary>What is written: one view or more; a view of logits stands alone.</summary>
    public required IReadOnlyList<OutputView> Views { get; init; }

    /// <summary>True when <see cref="Residual"/> names an edge.</summary>
    public bool HasResidual => Residual != NoResidual;

    /// <inheritdoc/>
    public override IReadOnlyList<int> Inputs => HasResidual ? [Input, Residual] : [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<int> Outputs
    {
        get
        {
            var edges = new int[Views.Count];
            for (int i = 0; i < edges.Length; i++)
            {
                edges[i] = Views[i].Edge;
            }

            return edges;
        }
    }
}
