namespace LowBit.Quantization.Nodes;

/// <summary>How values become codes: <c>clamp(round((x − Offset)/Step) + ZeroPoint, Low, High)</c>.</summary>
/// <param name="Offset">The real value of code <paramref name="ZeroPoint"/>; 0 unless the quantizer has an interval of its own.</param>
/// <param name="Step">Real distance of neighbouring codes at the input.</param>
/// <param name="Range">The codes.</param>
/// <param name="ZeroPoint">Code of real zero at the output.</param>
internal readonly record struct CodeRule(float Offset, float Step, CodeRange Range, int ZeroPoint);
