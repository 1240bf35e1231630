namespace LowBit.Kernels.Devices;

/// <summary>Arguments of the function behind a batch normalisation: f(bn(x) + addend).</summary>
/// <param name="Addend">A tensor of the output's shape that is added before the function, as a residual connection does; null for none.</param>
/// <param name="Step">The step of a quantizer, one float; null for functions without one.</param>
/// <param name="Low">A quantizer's lowest code, without the zero point.</param>
/// <param name="High">A quantizer's highest code, without the zero point.</param>
public readonly record struct FusedActivationArguments(DeviceBuffer? Addend = null, DeviceBuffer? Step = null, float Low = 0, float High = 0);
