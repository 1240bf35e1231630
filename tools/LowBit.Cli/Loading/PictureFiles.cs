using System.Globalization;
using LowBit.Cli.Hosting;
using LowBit.Data;
using LowBit.Data.Images;
using LowBit.Data.Readers;
using LowBit.Runtime.Models;

namespace LowBit.Cli.Loading;

/// <summary>Brings what a user names on the command line to the input of an integer model: pictures, idx files, CIFAR files.</summary>
internal static class PictureFiles
{
    /// <summary>How many records of an idx or CIFAR file are taken when the name says no record number.</summary>
    private const int RecordsByDefault = 10;

    /// <summary>The pixels of every image named, with a name for each.</summary>
    /// <param name="names">FILE, or FILE#N for record N of an idx or CIFAR file.</param>
    /// <param name="image">The input edge of the model.</param>
    /// <param name="classes">Classes of the model; tells CIFAR-10 from CIFAR-100.</param>
    /// <param name="resize">True: pictures of another size are resampled.</param>
    public static List<(string Name, byte[] Pixels)> Load(IReadOnlyList<string> names, IntegerEdge image, int classes, bool resize)
    {
        var images = new List<(string, byte[])>();
        foreach (string name in names)
        {
            (string file, int? record) = Split(name);
            if (!File.Exists(file))
            {
                throw new FileNotFoundException($"there is no file {file}");
            }

            if (ImageFile.HasKnownExtension(file))
            {
                if (record is not null)
                {
                    throw new UsageException($"{file} is one picture and has no record {record}; leave #{record} out");
                }

                images.Add((file, Fit(file, ImageFile.Read(file), image, resize)));
            }
            else
            {
                images.AddRange(Records(file, record, image, classes, resize));
            }
        }

        return images;
    }

    private static (string File, int? Record) Split(string name)
    {
        int at = name.LastIndexOf('#');
        return at > 0 && int.TryParse(name.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int record)
            ? (name[..at], record)
            : (name, null);
    }

    private static IEnumerable<(string Name, byte[] Pixels)> Records(string file, int? record, IntegerEdge image, int classes, bool resize)
    {
        bool cifar = Path.GetExtension(file).Equals(".bin", StringComparison.OrdinalIgnoreCase);
        (int count, int height, int width, int channels, byte[] pixels) = cifar ? Cifar(file, classes) : Idx(file);
        if (count == 0)
        {
            throw new DataFormatException($"the file {file} holds no image");
        }

        if (record >= count)
        {
            throw new UsageException($"{file} holds {count} images, there is no record {record}; records count from 0");
        }

        int first = record ?? 0;
        int last = record ?? Math.Min(count, RecordsByDefault) - 1;
        int length = height * width * channels;
        for (int i = first; i <= last; i++)
        {
            var picture = new RasterImage(height, width, channels, pixels.AsSpan(i * length, length).ToArray());
            yield return ($"{file}#{i}", Fit(file, picture, image, resize));
        }
    }

    private static (int Count, int Height, int Width, int Channels, byte[] Pixels) Cifar(string file, int classes)
    {
        CifarRecords records = CifarReader.Read(file, classes == 100 ? 100 : 10);
        return (records.Count, CifarReader.Side, CifarReader.Side, 3, records.Pixels);
    }

    private static (int Count, int Height, int Width, int Channels, byte[] Pixels) Idx(string file)
    {
        IdxImages images = IdxReader.ReadImages(file);
        return (images.Count, images.Height, images.Width, 1, images.Pixels);
    }

    private static byte[] Fit(string file, RasterImage picture, IntegerEdge image, bool resize)
    {
        RasterImage coloured = picture.WithChannels(image.Channels);
        if ((coloured.Height, coloured.Width) == (image.Height, image.Width))
        {
            return coloured.Pixels;
        }

        return resize
            ? coloured.Resized(image.Height, image.Width).Pixels
            : throw new DataFormatException($"{file} is {picture.Width}x{picture.Height}, the model takes {image.Width}x{image.Height}; use --resize to resample it");
    }
}
