namespace LowBit.Kernels.Rng;

/// <summary>
/// Names one stream of random numbers: a seed and a stream number. Equal keys give equal numbers on every machine, device
/// and thread count; the state to save is the key and the position, nothing else.
/// </summary>
/// <param name="Seed">The user's seed.</param>
/// <param name="Stream">Which of the seed's independent streams, for example a layer, an epoch or a purpose.</param>
public readonly record struct PhiloxKey(ulong Seed, ulong Stream);
