using LowBit.Cli.Loading;
using LowBit.Kernels.Files;
using Xunit;

namespace LowBit.Cli.Tests.Loading;

public class ModelFilesTests
{
    [Fact]
    public void A_run_folder_stands_for_its_best_checkpoint()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<FileNotFoundException>(() => ModelFiles.Locate(folder.Path));
        string last = folder.Write("last.lbc", "LBCHKPT1");
        Assert.Equal(last, ModelFiles.Locate(folder.Path));
        string best = folder.Write("best.lbc", "LBCHKPT1");
        Assert.Equal(best, ModelFiles.Locate(folder.Path));
    }

    [Fact]
    public void A_file_is_known_by_its_first_bytes_or_its_name()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(FileKind.Checkpoint, ModelFiles.KindOf(folder.Write("x.bin", "LBCHKPT1....")));
        Assert.Equal(FileKind.IntegerModel, ModelFiles.KindOf(folder.Write("x.lbq", "")));
        Assert.Equal(FileKind.Safetensors, ModelFiles.KindOf(folder.Write("x.safetensors", "12345678")));
        Assert.Throws<LowBitFormatException>(() => ModelFiles.KindOf(folder.Write("x.onnx", "12345678")));
    }
}
