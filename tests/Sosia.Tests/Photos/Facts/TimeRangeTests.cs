using Sosia.Hosting;
using Sosia.Photos.Facts;

namespace Sosia.Tests.Photos.Facts;

public class TimeRangeTests
{
    [Theory]
    [InlineData("2024", "2024-01-01T00:00:00", "2025-01-01T00:00:00")]
    [InlineData("2024-02", "2024-02-01T00:00:00", "2024-03-01T00:00:00")]
    [InlineData("2024-02-29", "2024-02-29T00:00:00", "2024-03-01T00:00:00")]
    [InlineData("2024-06-01T12:30", "2024-06-01T12:30:00", "2024-06-01T12:31:00")]
    [InlineData(" 2024-06-01 12:30:05 ", "2024-06-01T12:30:05", "2024-06-01T12:30:06")]
    public void A_text_means_all_of_what_it_names(string text, string start, string end)
    {
        Assert.Equal(start, TimeRange.Start(text).ToString("s"));
        Assert.Equal(end, TimeRange.End(text).ToString("s"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2024-13")]
    [InlineData("2023-02-29")]
    [InlineData("01.06.2024")]
    public void Anything_else_is_refused(string text) =>
        Assert.StartsWith("Expected a day or time as 2024", Assert.Throws<OptionException>(() => TimeRange.Start(text)).Message);

    [Fact]
    public void The_last_year_has_an_end() => Assert.Equal(DateTime.MaxValue, TimeRange.End("9999"));
}
