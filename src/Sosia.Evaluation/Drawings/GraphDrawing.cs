using System.Globalization;
using System.Net;
using System.Text;
using Sosia.Models.Onnx.Schema;

namespace Sosia.Evaluation.Drawings;

/// <summary>Draws a small ONNX graph as SVG, from top to bottom; it can be read on light and on dark pages.</summary>
public static class GraphDrawing
{
    private const int Width = 190,
        Height = 46,
        Across = 22,
        Down = 26,
        Margin = 16;

    /// <summary>Draws a graph of the kinds of steps that the networks here are made of.</summary>
    /// <param name="graph">With one input, n × rows × columns × channels.</param>
    /// <param name="title">Read by screen readers.</param>
    /// <exception cref="ArgumentException">The graph has a step of another kind.</exception>
    internal static string Draw(GraphProto graph, string title)
    {
        var steps = GraphSteps.Of(graph);
        var columns = Columns(steps);
        var (least, most) = (columns.Values.Min(), columns.Values.Max());
        var side = steps.Any(step => IsDetour(step, columns)) ? 2 * Across : 0;
        var width = (int)Math.Ceiling((most - least) * (Width + Across)) + Width + 2 * Margin + side;
        var height = (steps.Max(step => step.Rank) + 1) * (Height + Down) - Down + 2 * Margin;
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{width}} {{height}}"
            width="{{width}}" height="{{height}}" role="img" aria-label="{{WebUtility.HtmlEncode(
                title
            )}}" font-family="system-ui, sans-serif" font-size="13">
            <style>
            .box { fill: #f4f6fa; stroke: #5b6b85 } .line { fill: none; stroke: #5b6b85 } .name { fill: #1a1a1a } .shape { fill: #55606f }
            @media (prefers-color-scheme: dark) { .box { fill: #232a36; stroke: #8fa3c4 } .line { stroke: #8fa3c4 }
            .name { fill: #f0f0f0 } .shape { fill: #b4bfce } }
            </style>

            """
        );
        foreach (var step in steps)
        {
            foreach (var input in step.Inputs)
                svg.Append(Line(Left(input), Top(input) + Height, Left(step), Top(step), IsDetour(input, step, columns)));
            var middle = Left(step) + Width / 2;
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<rect class=\"box\" x=\"{Left(step)}\" y=\"{Top(step)}\" width=\"{Width}\" height=\"{Height}\" rx=\"6\"/>"
            );
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text class=\"name\" x=\"{middle}\" y=\"{Top(step) + 19}\" "
                    + $"text-anchor=\"middle\">{WebUtility.HtmlEncode(step.Name)}</text>"
            );
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text class=\"shape\" x=\"{middle}\" y=\"{Top(step) + 36}\" text-anchor=\"middle\">{step.Shape}</text>\n"
            );
        }
        return svg.Append("</svg>\n").ToString();

        int Left(GraphStep step) => Margin + (int)((columns[step] - least) * (Width + Across));
        int Top(GraphStep step) => Margin + step.Rank * (Height + Down);
        string Line(int fromLeft, int fromTop, int toLeft, int toTop, bool around)
        {
            var (from, to) = (fromLeft + Width / 2, toLeft + Width / 2);
            if (!around)
                return string.Create(CultureInfo.InvariantCulture, $"<path class=\"line\" d=\"M{from} {fromTop} L{to} {toTop}\"/>\n");
            var right = width - Margin;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"<path class=\"line\" d=\"M{from} {fromTop} V{fromTop + Down / 3} H{right} V{toTop - Down / 3} H{to} V{toTop}\"/>\n"
            );
        }
    }

    /// <summary>Branches stand side by side around their source; what joins them stands in their middle.</summary>
    private static Dictionary<GraphStep, double> Columns(IReadOnlyList<GraphStep> steps)
    {
        var columns = new Dictionary<GraphStep, double>();
        foreach (var step in steps)
        {
            if (step.Inputs.Count == 0)
                columns[step] = 0;
            else if (step.Inputs.Count > 1)
                columns[step] = step.Inputs.Average(input => columns[input]);
            else
            {
                var branches = steps.Where(other => other.Inputs.Count == 1 && other.Inputs[0] == step.Inputs[0]).ToList();
                columns[step] = columns[step.Inputs[0]] + branches.IndexOf(step) - (branches.Count - 1) / 2.0;
            }
        }
        return columns;
    }

    private static bool IsDetour(GraphStep step, Dictionary<GraphStep, double> columns) =>
        step.Inputs.Any(input => IsDetour(input, step, columns));

    /// <summary>A line that would run through the boxes between.</summary>
    private static bool IsDetour(GraphStep from, GraphStep to, Dictionary<GraphStep, double> columns) =>
        to.Rank - from.Rank > 1 && to.Inputs.Count == 2 && Math.Abs(columns[from] - columns[to]) < 0.01;
}
