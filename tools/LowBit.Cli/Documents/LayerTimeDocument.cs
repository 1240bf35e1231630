namespace LowBit.Cli.Documents;

/// <summary>
/// Time of one node of an integer model. Share of the ceiling: the node's products over what this machine does at best when it widens products of bytes at
/// once, all threads of the run together; 0 for nodes without products. A low-bit kernel may exceed 100.
/// </summary>
internal sealed record LayerTimeDocument(string Name, string Kernel, double MicrosecondsPerImage, double Percent, string Reason = "", double PercentOfCeiling = 0);
