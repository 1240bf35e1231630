using System.Globalization;
using System.Net;

namespace LowBit.Cli.Pictures;

/// <summary>The head that all pictures share.</summary>
internal static class Svg
{
    /// <summary>Classes: t title, a axis text, g grid line, s0-s3 strokes, f0-f3 fills. A page may set the variables.</summary>
    private const string Style =
        "<style>.t{font:600 14px system-ui,sans-serif;fill:var(--ink,#1b1f24)}.a{font:12px system-ui,sans-serif;fill:var(--soft,#57606a)}"
        + ".g{stroke:var(--grid,#d0d7de);stroke-width:1}.s0{stroke:var(--c0,#0969da)}.s1{stroke:var(--c1,#cf5d00)}.s2{stroke:var(--c2,#1a7f37)}"
        + ".s3{stroke:var(--c3,#8250df)}.f0{fill:var(--c0,#0969da)}.f1{fill:var(--c1,#cf5d00)}.f2{fill:var(--c2,#1a7f37)}.f3{fill:var(--c3,#8250df)}</style>";

    public static string Open(double width, double height, string title)
        => string.Create(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">{Style}");
}
