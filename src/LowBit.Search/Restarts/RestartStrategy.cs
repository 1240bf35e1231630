namespace LowBit.Search.Restarts;

/// <summary>How the population changes from run to run.</summary>
public enum RestartStrategy
{
    /// <summary>Twice the population each time. Auger and Hansen, CEC 2005.</summary>
    Ipop,

    /// <summary>Runs of doubled population alternate with small ones of smaller step size, both kinds with the same budget. Hansen, GECCO 2009 workshop.</summary>
    Bipop,
}
