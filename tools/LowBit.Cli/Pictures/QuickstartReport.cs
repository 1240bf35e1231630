using System.Globalization;
using System.Net;
using System.Text;
using LowBit.Cli.Documents;
using LowBit.Data.Images;
using LowBit.Data.Sets;
using LowBit.Nn.Training;

namespace LowBit.Cli.Pictures;

/// <summary>The one-page report of quickstart: no script, no outside file, readable in light and dark.</summary>
internal sealed record QuickstartReport(
    QuickstartDocument Result,
    IReadOnlyList<EpochMetrics> FloatEpochs,
    IReadOnlyList<EpochMetrics> QuantizedEpochs,
    ImageSet Test,
    IReadOnlyList<int> Answers)
{
    private const int SampleCount = 20;

    private const string Head = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>LowBit quickstart</title>
        <style>
        :root{--paper:#fff;--ink:#1b1f24;--soft:#57606a;--grid:#d8dee4;--card:#f6f8fa;--good:#1a7f37;--bad:#cf222e;--c0:#0969da;--c1:#cf5d00;--c2:#1a7f37;--c3:#8250df}
        @media (prefers-color-scheme:dark){:root{--paper:#0d1117;--ink:#e6edf3;--soft:#9198a1;--grid:#30363d;--card:#161b22;--good:#3fb950;--bad:#f85149;--c0:#4493f8;--c1:#f0883e;--c2:#3fb950;--c3:#ab7df8}}
        body{margin:0 auto;max-width:1180px;padding:24px 20px 60px;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
        h1{font-size:26px;margin:0 0 4px}h2{font-size:18px;margin:34px 0 10px}p{margin:6px 0;color:var(--soft)}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));gap:12px;margin:20px 0}
        .card{background:var(--card);border:1px solid var(--grid);border-radius:8px;padding:14px 16px}
        .card b{display:block;font-size:24px;font-variant-numeric:tabular-nums}.card span{color:var(--soft);font-size:13px}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,500px),1fr));gap:16px}
        .charts svg{width:100%;height:auto;background:var(--card);border:1px solid var(--grid);border-radius:8px;padding:8px;box-sizing:border-box}
        .scroll{overflow-x:auto;margin-top:18px}.layers{grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr))}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
        th,td{padding:6px 10px;border-bottom:1px solid var(--grid);text-align:right;white-space:nowrap}th:first-child,td:first-child,td.l,th.l{text-align:left}
        .samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(88px,1fr));gap:10px}.samples figure{margin:0;text-align:center;font-size:12px}
        .samples img{width:84px;height:84px;image-rendering:pixelated;border-radius:6px;border:1px solid var(--grid)}
        .good{color:var(--good)}.bad{color:var(--bad)}code{background:var(--card);padding:1px 5px;border-radius:4px}
        </style></head><body>
        """;

    /// <summary>The page as text.</summary>
    public string ToHtml()
    {
        var page = new StringBuilder(Head);
        Text(page, $"<h1>LowBit quickstart</h1><p>{Encode(Result.Quantization)} on Glyphs, seed {Result.Seed}, {Result.TestImages} test images, {Encode(Result.Isa)}, {Result.Threads} threads, {Result.Seconds:F1} s in all.</p>");
        Cards(page);
        page.Append("<h2>Learning curves</h2><div class=\"charts\">").Append(AccuracyChart()).Append(LossChart()).Append("</div>");
        page.Append("<h2>Layer by layer</h2><div class=\"charts layers\">").Append(BitsChart()).Append(BytesChart()).Append(TimeChart()).Append("</div>");
        LayerTable(page);
        Samples(page);
        return page.Append("</body></html>\n").ToString();
    }

    /// <summary>Test accuracy over epochs, both models.</summary>
    public string AccuracyChart() => LineChart.Draw(
        "Test accuracy", "epoch (the quantized model continues the float one)", value => (100 * value).ToString("0.#", CultureInfo.InvariantCulture) + " %",
        Lines(metrics => metrics.TestAccuracy));

    /// <summary>Bits of weights per layer.</summary>
    public string BitsChart() => BarChart.Draw(
        "Bits per weight / per activation", 3, [.. Result.Layers.Select(layer => (layer.Name, (double)layer.WeightBits, $"w{layer.WeightBits} a{layer.ActivationBits}"))]);

    /// <summary>Packed bytes per layer.</summary>
    public string BytesChart() => BarChart.Draw("Bytes of packed weights", 2, [.. Result.Layers.Select(layer => (layer.Name, (double)layer.Bytes, $"{layer.Bytes:N0}"))]);

    /// <summary>Engine time per node.</summary>
    public string TimeChart() => BarChart.Draw(
        "Engine time per image", 0, [.. Result.Times.Select(time => (time.Name, time.MicrosecondsPerImage, $"{time.MicrosecondsPerImage:F1} µs, {time.Percent:F0} %"))]);

    private string LossChart() => LineChart.Draw(
        "Training loss", "epoch", value => value.ToString("0.##", CultureInfo.InvariantCulture), Lines(metrics => metrics.TrainLoss));

    private List<Series> Lines(Func<EpochMetrics, double?> value)
    {
        int offset = FloatEpochs.Count;
        var first = FloatEpochs.Where(epoch => value(epoch) is not null).Select(epoch => ((double)epoch.Epoch, value(epoch)!.Value)).ToList();
        var second = QuantizedEpochs.Where(epoch => value(epoch) is not null).Select(epoch => ((double)(offset + epoch.Epoch), value(epoch)!.Value)).ToList();
        return [new("float32", 0, first), new("quantized", 1, second)];
    }

    private void Cards(StringBuilder page)
    {
        void Card(string value, string words) => Text(page, $"<div class=\"card\"><b>{Encode(value)}</b><span>{Encode(words)}</span></div>");
        page.Append("<div class=\"cards\">");
        Card($"{Result.FloatAccuracy:P2}", "float32 accuracy");
        Card($"{Result.QuantizedAccuracy:P2}", "quantized accuracy, as trained");
        Card($"{Result.IntegerAccuracy:P2}", "integer engine accuracy");
        Card($"{Result.Mismatches}", $"mismatches in {Result.CodesCompared:N0} integers compared");
        Card($"{Result.FloatBytes / (double)Result.IntegerBytes:F1}×", $"smaller: {Result.IntegerBytes:N0} instead of {Result.FloatBytes:N0} bytes");
        Card($"{Result.IntegerImagesPerSecond:N0}", $"integer images per second; float32 {Result.FloatImagesPerSecond:N0}");
        page.Append("</div>");
    }

    private void LayerTable(StringBuilder page)
    {
        page.Append("<div class=\"scroll\"><table><tr><th>layer</th><th>weight bits</th><th>activation bits</th><th>bytes</th><th class=\"l\">kernel</th></tr>");
        foreach (LayerDocument layer in Result.Layers)
        {
            Text(page, $"<tr><td>{Encode(layer.Name)}</td><td>{layer.WeightBits}</td><td>{layer.ActivationBits}</td><td>{layer.Bytes:N0}</td><td class=\"l\"><code>{Encode(layer.Kernel)}</code></td></tr>");
        }

        page.Append("</table></div>");
    }

    private void Samples(StringBuilder page)
    {
        page.Append("<h2>Test images and the engine's answers</h2><div class=\"samples\">");
        for (int i = 0; i < Math.Min(SampleCount, Test.Count); i++)
        {
            byte[] png = PngWriter.Encode(new RasterImage(Test.Height, Test.Width, Test.Channels, Test.Image(i).ToArray()));
            bool right = Answers[i] == Test.Labels[i];
            string caption = right ? Test.ClassNames[Answers[i]] : $"{Test.ClassNames[Answers[i]]} (is {Test.ClassNames[Test.Labels[i]]})";
            Text(page, $"<figure><img alt=\"{Encode(Test.ClassNames[Test.Labels[i]])}\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\"><figcaption class=\"{(right ? "good" : "bad")}\">{Encode(caption)}</figcaption></figure>");
        }

        page.Append("</div>");
    }

    private static void Text(StringBuilder page, FormattableString text) => page.Append(text.ToString(CultureInfo.InvariantCulture));

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
