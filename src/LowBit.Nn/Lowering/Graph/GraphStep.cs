namespace LowBit.Nn.Lowering.Graph;

/// <summary>One integer operation with the trained numbers behind it; the emitter and the simulator read these independently.</summary>
internal abstract class GraphStep(string name)
{
    public string Name { get; } = name;

    /// <summary>Tensors that must exist before this step runs.</summary>
    public abstract IEnumerable<CodeTensor> Inputs { get; }

    /// <summary>Tensors that this step makes.</summary>
    public abstract IEnumerable<CodeTensor> Outputs { get; }
}
