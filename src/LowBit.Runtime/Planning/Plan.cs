using LowBit.Kernels.Arenas;
using LowBit.Kernels.Isas;
using LowBit.Runtime.Models;

namespace LowBit.Runtime.Planning;

/// <summary>A model laid out for one machine and batch: a kernel for each node and a place in one arena for each edge.</summary>
public sealed class Plan
{
    internal Plan(IntegerModel model, int batch, Isa isa, NodePlan[] nodes, ArenaRange[] edges, long arenaBytes)
    {
        Model = model;
        Batch = batch;
        Isa = isa;
        Nodes = nodes;
        Edges = edges;
        ArenaBytes = arenaBytes;
    }

    /// <summary>The model.</summary>
    public IntegerModel Model { get; }

    /// <summary>Images that the arena has room for.</summary>
    public int Batch { get; }

    /// <summary>The widest instruction set that the kernels use.</summary>
    public Isa Isa { get; }

    /// <summary>One entry for each node, in the order in which they run.</summary>
    public IReadOnlyList<NodePlan> Nodes { get; }

    /// <summary>Where each edge lives, for <see cref="Batch"/> images; edges that are never alive together may share bytes.</summary>
    public IReadOnlyList<ArenaRange> Edges { get; }

    /// <summary>Size of the arena.</summary>
    public long ArenaBytes { get; }
}
