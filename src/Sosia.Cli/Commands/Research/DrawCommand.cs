using System.CommandLine;
using System.Text;
using Sosia.Evaluation.Drawings;
using Sosia.Keras;
using Sosia.Models.Onnx;
using Sosia.Vectors.Files;

namespace Sosia.Cli.Commands.Research;

/// <summary><c>sosia draw --out DIR</c>: the drawings of docs/images, made anew. Hidden: it is for those who write the documents.</summary>
internal static class DrawCommand
{
    private static readonly Option<string> Out = new("--out")
    {
        Description = "Folder for the drawings",
        HelpName = "DIR",
        Required = true,
    };

    /// <summary>The drawings, by file name.</summary>
    public static IReadOnlyList<(string File, string Title, string Svg)> Drawings()
    {
        const string Baseline =
            "The student project's network: three convolutions, each with a max-pool, and a dense layer for 5,749 people";
        const string Block = "Inception-ResNet-A: three branches are joined, brought to the input's channels and added to the input";
        return
        [
            ("baseline.svg", Baseline, GraphDrawing.Draw(BaselineOfAll().Graph, Baseline)),
            ("inception-resnet-a.svg", Block, GraphDrawing.Draw(KerasBlocks.InceptionResNetA().Graph, Block)),
        ];
    }

    public static Command Create()
    {
        var command = new Command("draw", "Draw the networks of the documents as SVG") { Out };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            foreach (var (file, _, svg) in Drawings())
                DerivedFile.Write(Path.Combine(parsed.GetValue(Out)!, file), stream => stream.Write(Encoding.UTF8.GetBytes(svg)));
            return ExitCode.Done;
        });
        return command;
    }

    private static Sosia.Models.Onnx.Schema.ModelProto BaselineOfAll()
    {
        const int People = 5749;
        BaselineBlock[] blocks =
        [
            new(new float[32 * 3 * 9], new float[32]),
            new(new float[64 * 32 * 9], new float[64]),
            new(new float[128 * 64 * 9], new float[128]),
        ];
        return ClassifierGraph.Make(250, blocks, new float[People], "sosia");
    }
}
