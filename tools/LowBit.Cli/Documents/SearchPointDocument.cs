namespace LowBit.Cli.Documents;

/// <summary>An allocation that was judged without retraining: one digit for each variable, weights and input of each layer in turn.</summary>
internal sealed record SearchPointDocument(string Bits, double Loss, double Accuracy, SearchCostDocument Cost, bool OnFront);
