using LowBit.Kernels.Files;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Training;
using LowBit.Runtime.Models;
using LowBit.Runtime.Sessions;

namespace LowBit.Cli.Loading;

/// <summary>Finds and recognises model files.</summary>
internal static class ModelFiles
{
    /// <summary>The path of a model file; a folder of a training run stands for its best checkpoint.</summary>
    public static string Locate(string path)
    {
        if (Directory.Exists(path))
        {
            foreach (string name in new[] { TrainingRun.BestFile, TrainingRun.LastFile })
            {
                string inside = Path.Combine(path, name);
                if (File.Exists(inside))
                {
                    return inside;
                }
            }

            throw new FileNotFoundException($"the folder {path} holds neither {TrainingRun.BestFile} nor {TrainingRun.LastFile}; name a checkpoint or a folder that train wrote");
        }

        return File.Exists(path) ? path : throw new FileNotFoundException($"there is no file {path}; name a checkpoint (.lbc), an integer model (.lbq) or a .safetensors file");
    }

    /// <summary>What a file is, by its first bytes; safetensors by its name, since it has no magic number.</summary>
    public static FileKind KindOf(string path)
    {
        Span<byte> start = stackalloc byte[8];
        using (FileStream stream = File.OpenRead(path))
        {
            start = start[..stream.ReadAtLeast(start, 8, throwOnEndOfStream: false)];
        }

        if (start.StartsWith("LBCHKPT"u8))
        {
            return FileKind.Checkpoint;
        }

        string extension = Path.GetExtension(path).ToLowerInvariant();
        return extension switch
        {
            ".safetensors" => FileKind.Safetensors,
            ".lbq" => FileKind.IntegerModel,
            CheckpointFile.Extension => FileKind.Checkpoint,
            _ when start.StartsWith("LBQ"u8) => FileKind.IntegerModel,
            _ => throw new LowBitFormatException(path, "magic", 0, "the file is neither a checkpoint (.lbc), an integer model (.lbq) nor a .safetensors file"),
        };
    }

    /// <summary>Makes a session for a model that came from a file; a layer beyond a kernel's proof is the file's fault, not the user's.</summary>
    public static Session OpenSession(string path, IntegerModel model, SessionOptions options)
    {
        try
        {
            return new Session(model, options);
        }
        catch (ArgumentException failure) when (failure is not ArgumentOutOfRangeException)
        {
            throw new LowBitFormatException(path, "model", -1, failure.Message, failure);
        }
    }

    /// <summary>Reads a checkpoint that can rebuild its model and holds only finite weights.</summary>
    public static Checkpoint ReadCheckpoint(string path)
    {
        if (KindOf(path) != FileKind.Checkpoint)
        {
            throw new LowBitFormatException(path, "magic", 0, "this command needs a checkpoint (.lbc), as train writes it");
        }

        Checkpoint checkpoint = CheckpointFile.Read(path);
        if (checkpoint.Recipe is null || checkpoint.Data is null)
        {
            throw new LowBitFormatException(path, "header", 0, "the checkpoint holds no recipe, so the model cannot be rebuilt from it");
        }

        foreach ((string name, CheckpointTensor tensor) in checkpoint.Tensors)
        {
            foreach (float value in tensor.Data)
            {
                if (!float.IsFinite(value))
                {
                    throw new LowBitFormatException(path, name, -1, $"the tensor holds {value}; the run that wrote it diverged, use an earlier checkpoint");
                }
            }
        }

        return checkpoint;
    }
}
