using System.Text;
using Sosia.Photos;
using Sosia.Photos.Facts;

namespace Sosia.Tests.Photos.Facts;

/// <summary>What photos say of themselves, read from real files and from ones that were spoilt.</summary>
public class FactsReaderTests
{
    private static readonly DateTime Now = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly TimeTaken June = new(new DateTime(2024, 6, 1, 12, 30, 0), TimeSpan.FromHours(2), TimeSource.Exif);

    [Theory]
    [InlineData("taken.jpg")]
    [InlineData("taken.heic")]
    [InlineData("taken.jxl")]
    public void Time_camera_place_caption_and_credit_are_read(string file)
    {
        var facts = FactsReader.Read(FileOf(Data(file)), places: true, Now);
        Assert.Null(facts.Problem);
        AssertTaken(facts);
        Assert.Equal(47.3769, facts.Place!.Latitude, 1e-4);
        Assert.Equal(8.5417, facts.Place.Longitude, 1e-4);
    }

    [Theory]
    [InlineData(".png")]
    [InlineData(".webp")]
    [InlineData(".tif")]
    [InlineData(".avif")]
    public void Formats_that_libvips_writes_say_the_same(string format)
    {
        using var image = NetVips.Image.NewFromBuffer(Data("taken.jpg"));
        var facts = FactsReader.Read(FileOf(image.WriteToBuffer(format)), places: false, Now);
        if (format == ".tif")
            Assert.Equal("Three friends at the lake", facts.Caption); // libvips keeps no EXIF in a TIFF
        else
            AssertTaken(facts);
    }

    [Fact]
    public void A_place_is_left_out_unless_asked_for() =>
        Assert.Null(FactsReader.Read(FileOf(Data("taken.jpg")), places: false, Now).Place);

    [Fact]
    public void Iptc_says_caption_and_credit_where_xmp_does_not()
    {
        var facts = FactsReader.Read(FileOf(Data("iptc.jpg")), places: false, Now);
        Assert.Equal(("Zürich, <b>im Sommer</b>", "Sosia Press"), (facts.Caption, facts.Credit));
        Assert.Null(facts.Taken);
    }

    [Fact]
    public void Xmp_says_the_time_where_exif_does_not_and_the_authors_where_there_is_no_credit()
    {
        var facts = FactsReader.Read(FileOf(Data("xmp.jpg")), places: false, Now);
        Assert.Equal(new TimeTaken(new DateTime(2019, 3, 4, 5, 6, 7), new TimeSpan(-3, -30, 0), TimeSource.Xmp), facts.Taken);
        Assert.Equal("2019-03-04T05:06:07-03:30", facts.Taken!.ToString());
        Assert.Equal("Ada, Bo", facts.Credit);
    }

    [Theory]
    [InlineData("0000:00:00 00:00:00", "is no date")]
    [InlineData("2024:02:30 12:30:00", "is no date")]
    [InlineData("2024:06:01 25:30:00", "is no date")]
    [InlineData("1200:06:01 12:30:00", "is no date")]
    [InlineData("2045:06:01 12:30:00", "lies in the future")]
    [InlineData("9999:12:31 23:59:59", "lies in the future")]
    [InlineData("<script>alert(1)   ", "is no date")]
    [InlineData("    :  :     :  :  ", null)]
    public void A_time_that_can_not_be_is_left_out_with_one_sentence(string time, string? problem)
    {
        var facts = FactsReader.Read(FileOf(Spoilt("2024:06:01 12:30:00", time)), places: false, Now);
        Assert.Null(facts.Taken);
        if (problem is null)
            Assert.Null(facts.Problem);
        else
            Assert.Matches($"^The time that its EXIF gives, .*{problem}.*; it is left out\\.$", facts.Problem);
        Assert.Equal("Three friends at the lake", facts.Caption);
    }

    [Theory]
    [InlineData("+99:00")]
    [InlineData("-25:00")]
    [InlineData("banana")]
    public void An_offset_that_no_clock_has_is_left_out_and_the_time_stays(string offset)
    {
        var facts = FactsReader.Read(FileOf(Spoilt("+02:00", offset)), places: false, Now);
        Assert.Equal(June with { Offset = null }, facts.Taken);
        Assert.Equal("2024-06-01T12:30:00", facts.Taken!.ToString());
    }

    [Fact]
    public void A_place_that_is_none_is_left_out_with_one_sentence()
    {
        var facts = FactsReader.Read(FileOf(Data("nowhere.jpg")), places: true, Now);
        Assert.Null(facts.Place);
        Assert.Equal("The place that its EXIF gives is none on Earth; it is left out.", facts.Problem);
    }

    [Fact]
    public void A_caption_becomes_one_plain_line()
    {
        var caption = FactsReader
            .Read(FileOf(Spoilt("Three friends at the lake", "Three\u202efri\tat the lake!!")), places: false, Now)
            .Caption;
        Assert.Equal("Threefri at the lake!!", caption);
    }

    [Fact]
    public void Metadata_cut_off_or_changed_anywhere_keeps_no_photo_from_being_read()
    {
        var random = new Random(7);
        foreach (var name in new[] { "taken.jpg", "taken.heic", "taken.jxl", "iptc.jpg", "nowhere.jpg" })
            for (var i = 0; i < 60; i++)
            {
                var bytes = Data(name);
                for (var change = 0; change < 8; change++)
                    bytes[random.Next(12, bytes.Length)] = (byte)random.Next(256);
                Assert.NotNull(FactsReader.Read(FileOf(i % 2 == 0 ? bytes : bytes[..random.Next(12, bytes.Length)]), places: true, Now));
            }
    }

    [Fact]
    public void An_xmp_packet_of_10_MB_is_left_out_with_one_sentence()
    {
        using var image = NetVips.Image.NewFromBuffer(Data("taken.jpg"));
        var packet = Encoding.UTF8.GetBytes("<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + new string(' ', 10 << 20) + "</x:xmpmeta>");
        using var large = image.Mutate(changed => changed.Set(NetVips.GValue.BlobType, "xmp-data", packet));
        var facts = FactsReader.Read(FileOf(large.WriteToBuffer(".webp")), places: false, Now);
        Assert.Matches("^Its XMP has 10,485,8\\d\\d bytes, and the limit is 1,048,576; it is left out\\.$", facts.Problem);
        Assert.Equal(June, facts.Taken);
    }

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\">]><x>&b;</x>")]
    [InlineData("<x:xmpmeta")]
    [InlineData("")]
    [InlineData("no XML at all")]
    public void A_sidecar_that_is_no_xmp_is_left_out_with_one_sentence(string text)
    {
        using var file = new TemporaryFile(text);
        var facts = FactsReader.OfSidecar(file.Stamp, Now);
        Assert.Equal("Its XMP is damaged; it is left out.", facts.Problem);
    }

    [Fact]
    public void A_sidecar_says_time_and_caption()
    {
        using var file = new TemporaryFile(
            """
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            <rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
              xmp:CreateDate="2001-02-03T04:05:06Z">
              <dc:description><rdf:Alt><rdf:li xml:lang="x-default">A &amp; B</rdf:li></rdf:Alt></dc:description>
            </rdf:Description></rdf:RDF></x:xmpmeta>
            """
        );
        var facts = FactsReader.OfSidecar(file.Stamp, Now);
        Assert.Null(facts.Problem);
        Assert.Equal(new TimeTaken(new DateTime(2001, 2, 3, 4, 5, 6), TimeSpan.Zero, TimeSource.Xmp), facts.Taken);
        Assert.Equal("A & B", facts.Caption);
    }

    private static void AssertTaken(PhotoFacts facts)
    {
        Assert.Equal(June, facts.Taken);
        Assert.Equal("2024-06-01T12:30:00+02:00", facts.Taken!.ToString());
        Assert.Equal("Canon EOS 5D", facts.Camera);
        Assert.Equal("Three friends at the lake", facts.Caption);
        Assert.Equal("Sosia Press", facts.Credit);
    }

    private static byte[] Data(string name) => FactsFiles.Read(name);

    /// <summary>A real file in which one text was replaced by another of the same length.</summary>
    private static byte[] Spoilt(string text, string by) => FactsFiles.With("taken.jpg", text, by);

    private static PhotoFile FileOf(byte[] bytes) => new(new FileStamp("/photos/a.jpg", bytes.Length, Now), bytes, new string('0', 64));

    private sealed class TemporaryFile : IDisposable
    {
        private readonly string _path = Path.GetTempFileName();

        public TemporaryFile(string text) => File.WriteAllText(_path, text);

        public SidecarStamp Stamp => new(_path, new FileInfo(_path).Length, Now);

        public void Dispose() => File.Delete(_path);
    }
}
