using LowBit.Kernels.IntegerKernels;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Kernels.Tests.IntegerKernels;

public class KernelTableTests
{
    [Fact]
    public void The_document_holds_the_table_of_the_registry()
    {
        string document = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "kernels.md")).ReplaceLineEndings("\n");
        Assert.True(
            document.Contains(KernelTable.Text(), StringComparison.Ordinal),
            $"docs/kernels.md is older than the registry; put this in place of its generated part:\n{KernelTable.Text()}");
    }

    [Fact]
    public void Every_pair_of_widths_has_a_body_for_every_instruction_set()
    {
        var served = KernelRegistry.Entries.Where(entry => entry.Key.Family != KernelRegistry.ReferenceFamily).Select(entry => (entry.Key.WeightBits, entry.Key.ActivationBits, entry.Key.Isa)).ToHashSet();
        Assert.Equal(4 * 64, served.Count);
        Assert.Equal(KernelRegistry.Entries.Count, KernelRegistry.Entries.Select(entry => entry.Name).Distinct().Count());
        Assert.All(KernelRegistry.Entries, entry => Assert.Same(entry.Kernel, KernelRegistry.Get(entry.Key)));
        Assert.Throws<KeyNotFoundException>(() => KernelRegistry.Get(new KernelKey(KernelRegistry.Dot8Family, 9, 1, 0)));
    }
}
