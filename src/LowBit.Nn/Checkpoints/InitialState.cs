namespace LowBit.Nn.Checkpoints;

/// <summary>What a model that was started from a checkpoint did not take from it; see <see cref="Checkpoint.InitializeModel"/>.</summary>
/// <param name="Missing">Names of weights and statistics that the checkpoint lacks: they start from the seed.</param>
/// <param name="Anew">
/// Quantizers that find their steps from the first batch although the checkpoint's model has quantizers, with the reason in a few words: <c>4 bit there, 2 bit here</c>.
/// Empty when the checkpoint is a float model's.
/// </param>
public sealed record InitialState(IReadOnlyList<string> Missing, IReadOnlyList<(string Path, string Why)> Anew);
