using LowBit.Data.Images;
using LowBit.Data.Sets;

namespace LowBit.Data.Readers;

/// <summary>
/// Reads a folder with one folder per class (<c>DIR/cat/1.png</c>): PNG, PGM, PPM. Classes and files are taken in ordinal
/// order of their names, so that the set is the same on every machine.
/// </summary>
public static class ImageFolderReader
{
    /// <summary>Reads every picture below the class folders.</summary>
    /// <param name="folder">The folder that holds the class folders.</param>
    /// <param name="name">The set's name.</param>
    /// <param name="size">The size that pictures are brought to, or null: all must have the size of the first.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="DataFormatException">There is no class, no picture, a damaged picture, or one of another size.</exception>
    public static ImageSet Read(string folder, string name, ImageSize? size = null)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"there is no folder {folder}; an image set is a folder with one folder per class");
        }

        string[] classFolders = Directory.GetDirectories(folder);
        Array.Sort(classFolders, StringComparer.Ordinal);
        var classNames = new List<string>();
        var images = new List<RasterImage>();
        var labels = new List<int>();
        long bytes = 0;
        foreach (string classFolder in classFolders)
        {
            string[] files = Directory.GetFiles(classFolder);
            Array.Sort(files, StringComparer.Ordinal);
            foreach (string file in files)
            {
                if (!ImageFile.HasKnownExtension(file))
                {
                    continue;
                }

                RasterImage image = ImageFile.Read(file);
                size ??= new ImageSize(image.Height, image.Width, image.Channels);
                images.Add(Fit(file, image, size.Value));
                labels.Add(classNames.Count);
                bytes += size.Value.Length;
                if (bytes > ImageSet.MaximumBytes)
                {
                    throw new DataFormatException($"{folder} holds more than {ImageSet.MaximumBytes} bytes of pixels; use smaller or fewer pictures");
                }
            }

            classNames.Add(Path.GetFileName(classFolder));
        }

        if (images.Count == 0)
        {
            throw new DataFormatException($"{folder} holds no PNG, PGM or PPM pictures in class folders; expected for example {Path.Combine(folder, "cat", "1.png")}");
        }

        var pixels = new byte[bytes];
        for (int i = 0; i < images.Count; i++)
        {
            images[i].Pixels.CopyTo(pixels, i * size!.Value.Length);
        }

        return new ImageSet(name, size!.Value.Height, size.Value.Width, size.Value.Channels, pixels, [.. labels], classNames);
    }

    private static RasterImage Fit(string file, RasterImage image, ImageSize size)
    {
        RasterImage coloured = image.WithChannels(size.Channels);
        if ((coloured.Height, coloured.Width) == (size.Height, size.Width))
        {
            return coloured;
        }

        return size.Resize
            ? coloured.Resized(size.Height, size.Width)
            : throw new DataFormatException($"{file} is {image.Width}x{image.Height}, the set has {size.Width}x{size.Height}; bring all pictures to one size first, with any picture program");
    }
}
