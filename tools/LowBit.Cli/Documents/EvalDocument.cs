namespace LowBit.Cli.Documents;

/// <summary>What <c>eval --json</c> prints. The accuracy is a share, 0 to 1.</summary>
internal sealed record EvalDocument(string File, string Data, string Arithmetic, double Accuracy, int Correct, int Images, double ImagesPerSecond);
