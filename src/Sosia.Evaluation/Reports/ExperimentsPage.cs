using System.Net;
using System.Text;
using Sosia.Evaluation.Experiments;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Reports;

/// <summary>
/// The experiments as one self-contained HTML page: plots and pictures inside, nothing loaded from anywhere, every figure from the run.
/// </summary>
public sealed class ExperimentsPage
{
    private const int Side = 72;

    private readonly StringBuilder _page = new();
    private readonly ExperimentsResult _result;
    private readonly Dictionary<int, string> _pictures = [];

    private ExperimentsPage(ExperimentsResult result) => _result = result;

    /// <summary>Writes the page, complete or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What was measured.</param>
    /// <param name="result">What was found.</param>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public static void Write(string path, string name, ExperimentsResult result)
    {
        var page = Encoding.UTF8.GetBytes(Make(name, result));
        DerivedFile.Write(path, stream => stream.Write(page));
    }

    /// <summary>The page's text.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="result">What was found.</param>
    /// <param name="before">HTML that stands before the sections.</param>
    public static string Make(string name, ExperimentsResult result, string before = "")
    {
        ArgumentNullException.ThrowIfNull(result);
        return new ExperimentsPage(result).MakePage(name, before);
    }

    private string MakePage(string name, string before)
    {
        _page.Append(
            $$"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sosia: experiments</title>
            <style>
            :root { font: 16px/1.45 system-ui, sans-serif; color: #1a1a1a; background: #fff }
            body { max-width: 96rem; margin: 2rem auto; padding: 0 1rem } h2 { margin-top: 2.5rem }
            .wide { overflow-x: auto } table { border-collapse: collapse }
            td, th { text-align: left; padding: .3rem 1rem .3rem 0; border-bottom: 1px solid #ddd; vertical-align: top }
            td { font-variant-numeric: tabular-nums } figure { margin: 1rem 0 } figure svg { max-width: 100%; height: auto }
            figcaption { max-width: 60rem }
            .grid { display: grid; grid-template-columns: repeat(5, {{Side}}px); gap: 3px; min-width: {{5 * Side
                + 12}}px } .grid img { width: {{Side}}px; height: {{Side}}px; object-fit: cover; border: 3px solid transparent;
                box-sizing: border-box }
            .grid .query { border-color: #1f5fbf } .grid .same { border-color: #1f8a4c }
            .hubs { display: flex; gap: .6rem; flex-wrap: wrap } .hubs figure { margin: 0; font-size: .85rem }
            </style></head><body>
            <h1>What finds the person in {{WebUtility.HtmlEncode(Path.GetFileName(Path.TrimEndingDirectorySeparator(name)))}}?</h1>
            <p>{{_result.Files.Count:N0}} images of {{_result.People:N0}} people, {{_result.PeopleWithTwoOrMore:N0}}
            of them with two or more. Every model has the same rows.</p>
            """
        );
        _page.Append(before);
        ExperimentSections.Found(this, _result);
        ExperimentSections.Hubs(this, _result);
        ExperimentSections.Contrast(this, _result);
        ExperimentSections.Matching(this, _result);
        People();
        return _page.Append("</body></html>\n").ToString();
    }

    internal void Section(string title, string text) => _page.Append($"<h2>{title}</h2><p>{text}</p>\n");

    internal void Plot(string svg, string sentence) => _page.Append($"<figure>{svg}<figcaption>{sentence}</figcaption></figure>\n");

    internal void Table(IEnumerable<string> heads, IEnumerable<IEnumerable<string>> rows, string sentence)
    {
        _page.Append("<figure><div class=\"wide\"><table><tr>").AppendJoin("", heads.Select(head => $"<th>{head}</th>")).Append("</tr>");
        foreach (var row in rows)
            _page.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{WebUtility.HtmlEncode(cell)}</td>")).Append("</tr>");
        _page.Append($"</table></div><figcaption>{sentence}</figcaption></figure>\n");
    }

    /// <summary>The images that come back most often, with their counts.</summary>
    internal void HubPictures(string title, HubReport hubs, string sentence)
    {
        _page.Append($"<figure><h3>{WebUtility.HtmlEncode(title)}</h3><div class=\"hubs\">");
        foreach (var hub in hubs.Hubs.Where(hub => hub.Count > 0))
            _page.Append(
                $"<figure>{Picture(hub.Row, "")}<figcaption>{hub.Count:N0}<br>"
                    + $"{WebUtility.HtmlEncode(_result.Labels[hub.Row].Replace('_', ' '))}</figcaption></figure>"
            );
        _page.Append($"</div><figcaption>{sentence}</figcaption></figure>\n");
    }

    /// <summary>A person a row, a model a column.</summary>
    private void People()
    {
        Section(
            "The same queries, side by side",
            "A row is a person, a column a model, and a grid its 20 first images, row by row: the query has a blue frame, the same "
                + "person a green one."
        );
        _page
            .Append("<figure><div class=\"wide\"><table><tr><th></th>")
            .AppendJoin(
                "",
                _result.Models.Select(model =>
                    $"<th>{WebUtility.HtmlEncode(model.Name)} ({ExperimentWords.Of(model.Metrics[0].Metric)})</th>"
                )
            )
            .Append("</tr>");
        for (var person = 0; person < _result.Shown.Count; person++)
        {
            _page.Append($"<tr><th>{WebUtility.HtmlEncode(_result.Labels[_result.Shown[person]].Replace('_', ' '))}</th>");
            foreach (var model in _result.Models)
            {
                _page.Append("<td><div class=\"grid\">");
                foreach (var row in model.Metrics[0].Shown[person])
                    _page.Append(
                        Picture(
                            row,
                            row == _result.Shown[person] ? "query"
                                : _result.Labels[row] == _result.Labels[_result.Shown[person]] ? "same"
                                : ""
                        )
                    );
                _page.Append("</div></td>");
            }
            _page.Append("</tr>\n");
        }
        _page.Append($"</table></div><figcaption>{ExperimentSentences.SideBySide(_result)}</figcaption></figure>\n");
    }

    private string Picture(int row, string kind)
    {
        if (!_pictures.TryGetValue(row, out var data))
            _pictures[row] = data = ReportPicture.Of(_result.Files[row], Side) is { } jpeg
                ? $"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}"
                : "";
        return $"<img class=\"{kind}\" alt=\"{WebUtility.HtmlEncode(Path.GetFileNameWithoutExtension(_result.Files[row]))}\" "
            + $"title=\"{WebUtility.HtmlEncode(Path.GetFileNameWithoutExtension(_result.Files[row]))}\" src=\"{data}\">";
    }
}
