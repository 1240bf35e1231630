namespace LowBit.Nn.Schedules;

/// <summary>Always the base learning rate.</summary>
public sealed class ConstantSchedule : Schedule
{
    /// <inheritdoc/>
    public override double Factor(double epoch, double epochs) => 1;
}
