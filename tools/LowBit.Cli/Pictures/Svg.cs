using System.Globalization;
using System.Net;

namespace LowBit.Cli.Pictures;

/// <summary>The head that all pictures share.</summary>
internal static class Svg
{
    private const int Colors = 8;
    private const int Dashes = 3;

    /// <summary>Classes: t title, a axis text, g grid line, s0-s7 strokes, f0-f7 fills, d1-d2 dashes. A page may set the variables.</summary>
    private const string Style =
        "<style>.t{font:600 14px system-ui,sans-serif;fill:var(--ink,#1b1f24)}.a{font:12px system-ui,sans-serif;fill:var(--soft,#57606a)}"
        + ".g{stroke:var(--grid,#d0d7de);stroke-width:1}.s0{stroke:var(--c0,#0969da)}.s1{stroke:var(--c1,#cf5d00)}.s2{stroke:var(--c2,#1a7f37)}"
        + ".s3{stroke:var(--c3,#8250df)}.s4{stroke:var(--c4,#bf3989)}.s5{stroke:var(--c5,#9a6700)}.s6{stroke:var(--c6,#1b7c83)}.s7{stroke:var(--c7,#57606a)}"
        + ".d1{stroke-dasharray:7 4}.d2{stroke-dasharray:2 4}.f0{fill:var(--c0,#0969da)}.f1{fill:var(--c1,#cf5d00)}.f2{fill:var(--c2,#1a7f37)}.f3{fill:var(--c3,#8250df)}"
        + ".f4{fill:var(--c4,#bf3989)}.f5{fill:var(--c5,#9a6700)}.f6{fill:var(--c6,#1b7c83)}.f7{fill:var(--c7,#57606a)}</style>";

    /// <summary>Classes of the stroke of line <paramref name="index"/>: eight colours, then the same dashed, then dotted.</summary>
    public static string Stroke(int index) => (index / Colors % Dashes) is > 0 and int dash ? $"s{index % Colors} d{dash}" : $"s{index % Colors}";

    /// <summary>Class of the fill of line <paramref name="index"/>.</summary>
    public static string Fill(int index) => $"f{index % Colors}";

    public static string Open(double width, double height, string title)
        => string.Create(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">{Style}");
}
