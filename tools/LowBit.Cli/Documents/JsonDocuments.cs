using System.Text.Json.Serialization;

namespace LowBit.Cli.Documents;

/// <summary>The serializers of every --json document, generated at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(QuickstartDocument))]
[JsonSerializable(typeof(TrainDocument))]
[JsonSerializable(typeof(QuantizeDocument))]
[JsonSerializable(typeof(EvalDocument))]
[JsonSerializable(typeof(ExportDocument))]
[JsonSerializable(typeof(RunDocument))]
[JsonSerializable(typeof(VerifyDocument))]
[JsonSerializable(typeof(CeilingsDocument))]
[JsonSerializable(typeof(KernelsDocument))]
[JsonSerializable(typeof(TrainBenchDocument))]
[JsonSerializable(typeof(TuneDocument))]
[JsonSerializable(typeof(DoctorDocument))]
[JsonSerializable(typeof(ResultsDocument))]
[JsonSerializable(typeof(SearchDocument))]
internal sealed partial class JsonDocuments : JsonSerializerContext;
