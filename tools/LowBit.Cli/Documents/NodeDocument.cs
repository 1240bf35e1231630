namespace LowBit.Cli.Documents;

/// <summary>How many codes of one node differ between simulation and engine.</summary>
internal sealed record NodeDocument(string Name, long Codes, long Mismatches);
