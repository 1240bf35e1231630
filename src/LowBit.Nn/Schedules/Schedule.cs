namespace LowBit.Nn.Schedules;

/// <summary>The learning rate as a function of the progress of training; it has no state, so a resumed run needs none.</summary>
public abstract class Schedule
{
    /// <summary>Factor on the base learning rate.</summary>
    /// <param name="epoch">Progress in epochs, fractional, 0 at the first step.</param>
    /// <param name="epochs">Epochs of the whole run, positive.</param>
    /// <returns>0 or more, usually at most 1.</returns>
    public abstract double Factor(double epoch, double epochs);
}
