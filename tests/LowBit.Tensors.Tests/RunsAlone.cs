using Xunit;

namespace LowBit.Tensors.Tests;

/// <summary>Tests that measure the whole process run alone.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class RunsAlone;
