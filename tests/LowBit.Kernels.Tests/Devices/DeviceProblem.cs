using LowBit.Kernels.Devices;

namespace LowBit.Kernels.Tests.Devices;

/// <summary>One call of one device operation: buffers with their first contents, what each must hold afterwards, and the call.</summary>
internal sealed class DeviceProblem
{
    private readonly List<float[]> _contents = [];
    private readonly List<Approx[]?> _expected = [];

    public IReadOnlyList<float[]> Contents => _contents;

    /// <summary>Null: the buffer must not change by a bit.</summary>
    public IReadOnlyList<Approx[]?> Expected => _expected;

    public Action<Device, DeviceBuffer[]> Run { get; set; } = static (_, _) => { };

    /// <summary>A buffer that is only read.</summary>
    public float[] Input(float[] content)
    {
        _contents.Add(content);
        _expected.Add(null);
        return content;
    }

    /// <summary>A buffer that is written whatever it held before.</summary>
    public void Output(Approx[] expected)
    {
        var unwritten = new float[expected.Length];
        unwritten.AsSpan().Fill(float.NaN);
        _contents.Add(unwritten);
        _expected.Add(expected);
    }

    /// <summary>A buffer that is read and written.</summary>
    public void Changed(float[] before, Approx[] after)
    {
        _contents.Add(before);
        _expected.Add(after);
    }
}
