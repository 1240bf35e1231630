using LowBit.Nn.Lowering.Graph;

namespace LowBit.Nn.Simulation;

/// <summary>The codes (or logits) of one tensor for a batch, as plain integers.</summary>
internal sealed class CodeBatch(CodeTensor tensor, int batch)
{
    public CodeTensor Tensor { get; } = tensor;

    public int Batch { get; } = batch;

    public int[] Codes { get; } = new int[batch * tensor.Length];

    /// <summary>The codes without their zero point, as floats for the training kernels.</summary>
    public float[] Centred()
    {
        var values = new float[Codes.Length];
        int zero = Tensor.Grid.Zero;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Codes[i] - zero;
        }

        return values;
    }
}
