using LowBit.Kernels.Devices;
using LowBit.Nn.Training;
using LowBit.Tensors;

namespace LowBit.Nn.PostTraining;

/// <summary>One epoch of a source on the device, batch by batch.</summary>
internal sealed class CalibrationImages : IDisposable
{
    private readonly Tensor[] _batches;

    public CalibrationImages(Device device, IBatchSource source, CancellationToken token)
    {
        var buffers = new BatchBuffers(source);
        _batches = new Tensor[source.Batches];
        for (int b = 0; b < _batches.Length; b++)
        {
            token.ThrowIfCancellationRequested();
            _batches[b] = buffers.Load(device, 0, b).Persist();
        }
    }

    public IReadOnlyList<Tensor> Batches => _batches;

    public void Dispose()
    {
        foreach (Tensor batch in _batches)
        {
            batch.Dispose();
        }
    }
}
