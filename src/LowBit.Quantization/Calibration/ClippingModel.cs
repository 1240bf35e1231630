namespace LowBit.Quantization.Calibration;

/// <summary>The density that an analytic clipping rule takes values to have.</summary>
public enum ClippingModel
{
    /// <summary>Laplace, <c>e^(−|x − μ|/b) / 2b</c>; its scale b is the mean of |x − μ|.</summary>
    Laplace,

    /// <summary>Gauss, with the standard deviation σ.</summary>
    Gauss,
}
