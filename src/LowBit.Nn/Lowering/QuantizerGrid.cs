using LowBit.Nn.Lowering.Graph;
using LowBit.Quantization;

namespace LowBit.Nn.Lowering;

/// <summary>What lowering needs of an activation quantizer.</summary>
internal sealed class QuantizerGrid
{
    private readonly ActivationQuantizer _quantizer;

    private QuantizerGrid(ActivationQuantizer quantizer, CodeGrid grid, int low, int high, (float Offset, float Step) intake)
    {
        Intake = intake;
        _quantizer = quantizer;
        Grid = grid;
        Low = low;
        High = high;
    }

    public CodeGrid Grid { get; }

    public int Low { get; }

    public int High { get; }

    /// <summary>How codes are made, <c>clamp(round((x − Offset)/Step) + zero)</c>; what they stand for is in <see cref="Grid"/>.</summary>
    public (float Offset, float Step) Intake { get; }

    public static QuantizerGrid Of(string path, ActivationQuantizer quantizer)
    {
        if (!quantizer.Enabled)
        {
            throw new LoweringException(path, "its quantizer is off, so the edge has no codes; switch it on and train");
        }

        try
        {
            (float step, int zero, int low, int high) = quantizer.Export();
            if (!float.IsFinite(step) || step <= 0)
            {
                throw new LoweringException(path, $"its step is {step}; steps are positive and finite, so the model was trained too far or its file is damaged");
            }

            return new QuantizerGrid(quantizer, new CodeGrid(quantizer.Range.StorageBits, step, zero), low, high, quantizer.ExportIntake());
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException and not LoweringException or ArithmeticException)
        {
            throw new LoweringException(path, error.Message, error);
        }
    }

    /// <summary>The code of a real value, exactly as training rounds it.</summary>
    public byte Code(float value)
    {
        Span<int> code = stackalloc int[1];
        _quantizer.Codes([value], code);
        return (byte)code[0];
    }
}
