using Sosia.Models;

namespace Sosia.Tests.Models;

public class PreprocessingTests
{
    public static MatrixTheoryData<TensorLayout, ChannelOrder> Orders =>
        new(Enum.GetValues<TensorLayout>(), Enum.GetValues<ChannelOrder>());

    [Theory, MemberData(nameof(Orders))]
    public void Every_number_is_what_its_definition_says(TensorLayout layout, ChannelOrder channels)
    {
        for (var width = 1; width <= 67; width++)
            AssertByDefinition(Input(width, 1, layout, channels));
        AssertByDefinition(Input(112, 112, layout, channels));
    }

    [Fact]
    public void One_mean_and_scale_stand_for_all_channels()
    {
        var input = Input(5, 3, TensorLayout.Nchw, ChannelOrder.Rgb);
        var rgb = Enumerable.Range(0, 45).Select(i => (byte)(i * 5)).ToArray();
        var tensor = new float[45];

        new Preprocessing(input with { Mean = [127.5f], Scale = [0.5f] }).Fill(rgb, tensor);

        Assert.Equal(ByDefinition(rgb, input with { Mean = [127.5f, 127.5f, 127.5f], Scale = [0.5f, 0.5f, 0.5f] }), tensor);
    }

    [Theory]
    [InlineData(47, 48)]
    [InlineData(48, 47)]
    public void Spans_of_another_length_are_refused(int bytes, int floats)
    {
        var preprocessing = new Preprocessing(Input(4, 4, TensorLayout.Nchw, ChannelOrder.Rgb));

        Assert.Throws<ArgumentException>(() => preprocessing.Fill(new byte[bytes], new float[floats]));
    }

    private static void AssertByDefinition(ModelInput input)
    {
        input =
            input.Channels == ChannelOrder.Grey
                ? input with
                {
                    Mean = [127],
                    Scale = [1 / 256f],
                }
                : input with
                {
                    Mean = [103.5f, 116.25f, 123.75f],
                    Scale = [1 / 57f, 1 / 58f, 1 / 59f],
                };
        var rgb = new byte[input.Width * input.Height * 3];
        new Random(input.Width).NextBytes(rgb);
        var tensor = new float[input.Floats];

        new Preprocessing(input).Fill(rgb, tensor);

        Assert.Equal(ByDefinition(rgb, input), tensor);
    }

    private static ModelInput Input(int width, int height, TensorLayout layout, ChannelOrder channels) =>
        new()
        {
            Name = "input",
            Width = width,
            Height = height,
            Fit = InputFit.Stretch,
            Interpolation = Interpolation.Area,
            Layout = layout,
            Channels = channels,
            Mean = [0],
            Scale = [1],
        };

    /// <summary>The scalar twin: one number at a time.</summary>
    private static float[] ByDefinition(byte[] rgb, ModelInput input)
    {
        var channels = input.ChannelCount;
        var pixels = input.Width * input.Height;
        var tensor = new float[pixels * channels];
        for (var pixel = 0; pixel < pixels; pixel++)
        for (var channel = 0; channel < channels; channel++)
        {
            var value = input.Channels switch
            {
                ChannelOrder.Rgb => rgb[pixel * 3 + channel],
                ChannelOrder.Bgr => rgb[pixel * 3 + 2 - channel],
                _ => 0.299f * rgb[pixel * 3] + 0.587f * rgb[pixel * 3 + 1] + 0.114f * rgb[pixel * 3 + 2],
            };
            var at = input.Layout == TensorLayout.Nchw ? channel * pixels + pixel : pixel * channels + channel;
            tensor[at] = (value - input.Mean[channel]) * input.Scale[channel];
        }
        return tensor;
    }
}
