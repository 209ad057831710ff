using System.Text;
using NetVips;
using Sosia.Faces;
using Sosia.Photos;
using Sosia.Photos.Regions;

namespace Sosia.Tests.Photos.Regions;

/// <summary>Face regions in sidecars and in JPEGs: how they are read, and what stays when Sosia writes.</summary>
public sealed class PhotoXmpTests : IDisposable
{
    private const int Width = 300,
        Height = 200;

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    public static IEnumerable<TheoryDataRow<int, string>> EveryWay() =>
        from orientation in Enumerable.Range(1, 8)
        from program in (string[])["digiKam", "Picasa", "Lightroom"]
        select new TheoryDataRow<int, string>(orientation, program);

    [Theory]
    [MemberData(nameof(EveryWay))]
    public void A_box_of_the_stored_picture_is_that_of_the_upright_photo(int orientation, string program)
    {
        var upright = new Box(40, 30, 60, 90);
        using var mask = Mask(upright);
        using var stored = Stored(mask, orientation);
        var (left, top, width, height) = BoundsOf(stored);
        var (x, y) = ((left + width / 2.0) / stored.Width, (top + height / 2.0) / stored.Height);
        var noted = program switch
        {
            "Picasa" => Picasa(stored.Width, stored.Height, x, y, width, height),
            "Lightroom" => LightroomFace(stored.Width, stored.Height, x, y, width, height),
            _ => DigiKam(stored.Width, stored.Height, x, y, width, height),
        };
        // digiKam keeps it in a sidecar, Picasa inside the photo, Lightroom in a sidecar without the photo's ending.
        var file = Photo(orientation, program == "Picasa" ? noted : null);
        if (program != "Picasa")
            File.WriteAllText(_folder[program == "digiKam" ? "photo.jpg.xmp" : "photo.xmp"], noted);
        var problems = new List<string>();
        var face = Assert.Single(Open(file).Read(problems));
        Assert.Empty(problems);
        Assert.Equal("Zoë", face.Name);
        Assert.InRange(face.Box.Overlap(upright), 0.99f, 1);

        // Written anew and read by the stored picture's sides.
        foreach (var sidecar in Directory.GetFiles(_folder.Path, "*.xmp"))
            File.Delete(sidecar);
        file = Photo(orientation);
        Assert.True(Open(file).Write([Named("Zoë", upright)]));
        var written = FaceRegions.Read(Sosia.Photos.Facts.XmpDocument.Parse(File.ReadAllBytes(_folder["photo.jpg.xmp"])));
        Assert.Equal((stored.Width, stored.Height), (written.Width, written.Height));
        var box = Assert.Single(written.Faces).Box.Scale(new System.Numerics.Vector2(stored.Width, stored.Height));
        Assert.InRange(box.Overlap(new Box(left, top, width, height)), 0.99f, 1);
        var again = Assert.Single(Open(file).Read(problems));
        Assert.InRange(again.Box.Overlap(upright), 0.99f, 1);
    }

    [Fact]
    public void Sides_of_the_upright_photo_are_taken_as_such()
    {
        var file = Photo(6); // stored 200 × 300
        File.WriteAllText(_folder["photo.xmp"], DigiKam(Width, Height, 0.25, 0.5, 60, 90));
        Assert.InRange(Assert.Single(Open(file).Read([])).Box.Overlap(new Box(45, 55, 60, 90)), 0.99f, 1);
    }

    [Fact]
    public void What_other_programs_wrote_stays()
    {
        var file = Photo(1);
        File.WriteAllText(_folder["photo.xmp"], Lightroom);
        var before = File.ReadAllBytes(file.Path);
        Assert.True(Open(file).Write([Named("Ada", new Box(200, 20, 40, 40)), Named("Not Bea", new Box(30, 30, 60, 60))]));
        Assert.Equal(before, File.ReadAllBytes(file.Path));
        Assert.Equal(["photo.jpg", "photo.xmp"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
        var text = File.ReadAllText(_folder["photo.xmp"]);
        foreach (var kept in new[] { "Sunset", "crs:Exposure", "+0.35", "holiday", "Fido", "Bea", "mwg-rs:Rotation", "Ada" })
            Assert.Contains(kept, text);
        Assert.DoesNotContain("Not Bea", text.Replace("MP", "").Split("mwg-rs:RegionList")[1]); // named by somebody there
        Assert.False(Open(file).Write([Named("Ada", new Box(200, 20, 40, 40))])); // nothing to add: not written again
        Assert.Equal(["Ada", "Bea"], Open(file).Read([]).Select(face => face.Name).Order());
    }

    [Fact]
    public void A_new_sidecar_takes_over_what_is_noted_inside_the_photo()
    {
        var file = Photo(1, DigiKam(Width, Height, 0.25, 0.5, 60, 90));
        Assert.Equal("Zoë", Assert.Single(Open(file).Read([])).Name);
        Assert.True(Open(file).Write([Named("Ada", new Box(200, 20, 40, 40))]));
        Assert.Contains("Zoë", File.ReadAllText(_folder["photo.jpg.xmp"]));
        Assert.Equal(["Ada", "Zoë"], Open(file).Read([]).Select(face => face.Name).Order());
    }

    [Fact]
    public void What_is_not_a_face_of_this_picture_is_told_and_left_out()
    {
        var file = Photo(1);
        var sidecar = _folder["photo.jpg.xmp"];
        Check(DigiKam(1000, 1000, 0.5, 0.5, 60, 90), "a picture of 1000 × 1000");
        Check(DigiKam(Width, Height, 3, 0.5, 60, 90), "outside the picture, of Zoë");
        Check(DigiKam(Width, Height, double.NaN, 0.5, 60, 90), "a face region without a box");
        Check(new string('x', 10_000_000), "10,000,000 bytes, and the limit");
        Check(
            "<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;\">]><a>&d;</a>",
            "is damaged"
        );
        Check(string.Concat(Enumerable.Repeat("<a>", 100_000)), "is damaged");
        Check("", "is damaged");
        File.WriteAllText(sidecar, DigiKam(1000, 1000, 0.5, 0.5, 60, 90));
        var refused = Assert.Throws<FormatException>(() => Open(file).Write([Named("Ada", new Box(200, 20, 40, 40))]));
        Assert.Contains("a picture of 1000 × 1000", refused.Message);
        Assert.Equal(DigiKam(1000, 1000, 0.5, 0.5, 60, 90), File.ReadAllText(sidecar));

        void Check(string xmp, string problem)
        {
            File.WriteAllText(sidecar, xmp);
            var problems = new List<string>();
            Assert.Empty(Open(file).Read(problems));
            Assert.Contains(problem, Assert.Single(problems));
            Assert.Contains("photo.jpg.xmp", problems[0]);
            Assert.EndsWith(".", problems[0]);
        }
    }

    [Fact]
    public void A_photo_that_was_changed_since_is_not_looked_at()
    {
        var file = Photo(1);
        File.AppendAllText(file.Path, "more");
        Assert.Contains("was changed since", Assert.Throws<FormatException>(() => Open(file)).Message);
        File.Delete(file.Path);
        Assert.Contains("can't be read", Assert.Throws<FormatException>(() => Open(file)).Message);
    }

    private static NamedFace Named(string name, Box box) => new(name, box, other => other.Overlap(box) > 0.5f);

    private static PhotoXmp Open(FileStamp file) => PhotoXmp.Open(file, Width, Height, new PhotoOptions());

    private FileStamp Photo(int orientation, string? xmp = null)
    {
        using var upright = Mask(new Box(0, 0, 1, 1));
        using var stored = Stored(upright, orientation);
        using var noted = stored.Mutate(image =>
        {
            image.Set(GValue.GIntType, "orientation", orientation);
            if (xmp is not null)
                image.Set(GValue.BlobType, "xmp-data", Encoding.UTF8.GetBytes(xmp));
        });
        noted.Jpegsave(_folder["photo.jpg"]);
        return PhotoFile.StampOf(_folder["photo.jpg"]);
    }

    private static Image Mask(Box box)
    {
        using var black = Image.Black(Width, Height);
        using var drawn = black.Mutate(image =>
            image.DrawRect([255.0], (int)box.Left, (int)box.Top, (int)box.Width, (int)box.Height, fill: true)
        );
        return drawn.Cast(Enums.BandFormat.Uchar).CopyMemory();
    }

    /// <summary>The picture that is upright after a decoder turned it as EXIF says.</summary>
    private static Image Stored(Image upright, int orientation) =>
        orientation switch
        {
            2 => upright.FlipHor(),
            3 => upright.Rot180(),
            4 => upright.FlipVer(),
            5 => upright.Rot90().FlipHor(),
            6 => upright.Rot270(),
            7 => upright.Rot270().FlipHor(),
            8 => upright.Rot90(),
            _ => upright.CopyMemory(),
        };

    private static (int Left, int Top, int Width, int Height) BoundsOf(Image mask)
    {
        var bounds = mask.FindTrim(threshold: 100, background: [0.0]);
        return ((int)bounds[0], (int)bounds[1], (int)bounds[2], (int)bounds[3]);
    }

    /// <summary>As digiKam writes it, with Microsoft's form beside the other; a centre in parts, sides in pixels.</summary>
    private static string DigiKam(int across, int down, double x, double y, double width, double height)
    {
        var (w, h) = (width / across, height / down);
        return FormattableString.Invariant(
            $"""
            <?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
             <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
              <rdf:Description rdf:about=""
                xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
                xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"
                xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"
                xmlns:MP="http://ns.microsoft.com/photo/1.2/"
                xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
                xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#">
               <mwg-rs:Regions rdf:parseType="Resource">
                <mwg-rs:AppliedToDimensions stDim:w="{across}" stDim:h="{down}" stDim:unit="pixel"/>
                <mwg-rs:RegionList>
                 <rdf:Bag>
                  <rdf:li>
                   <rdf:Description mwg-rs:Name="Zoë" mwg-rs:Type="Face">
                    <mwg-rs:Area stArea:x="{x}" stArea:y="{y}" stArea:w="{w}" stArea:h="{h}" stArea:unit="normalized"/>
                   </rdf:Description>
                  </rdf:li>
                 </rdf:Bag>
                </mwg-rs:RegionList>
               </mwg-rs:Regions>
               <MP:RegionInfo rdf:parseType="Resource">
                <MPRI:Regions>
                 <rdf:Bag>
                  <rdf:li MPReg:Rectangle="{(
                double.IsNaN(x) || x > 1 ? 0 : x - w / 2
            )}, {y - h / 2}, {w}, {h}"/>
                 </rdf:Bag>
                </MPRI:Regions>
               </MP:RegionInfo>
              </rdf:Description>
             </rdf:RDF>
            </x:xmpmeta>
            <?xpacket end="w"?>
            """
        );
    }

    /// <summary>As Picasa writes it: every value an element.</summary>
    private static string Picasa(int across, int down, double x, double y, double width, double height) =>
        FormattableString.Invariant(
            $"""
            <x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 5.1.2">
             <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
              <rdf:Description rdf:about="" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
                xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#">
               <mwg-rs:Regions rdf:parseType="Resource">
                <mwg-rs:AppliedToDimensions rdf:parseType="Resource">
                 <stDim:w>{across}</stDim:w><stDim:h>{down}</stDim:h><stDim:unit>pixel</stDim:unit>
                </mwg-rs:AppliedToDimensions>
                <mwg-rs:RegionList>
                 <rdf:Bag>
                  <rdf:li rdf:parseType="Resource">
                   <mwg-rs:Area rdf:parseType="Resource">
                    <stArea:x>{x}</stArea:x><stArea:y>{y}</stArea:y>
                    <stArea:w>{width / across}</stArea:w><stArea:h>{height / down}</stArea:h><stArea:unit>normalized</stArea:unit>
                   </mwg-rs:Area>
                   <mwg-rs:Name>Zoë</mwg-rs:Name>
                   <mwg-rs:Type>Face</mwg-rs:Type>
                  </rdf:li>
                 </rdf:Bag>
                </mwg-rs:RegionList>
               </mwg-rs:Regions>
              </rdf:Description>
             </rdf:RDF>
            </x:xmpmeta>
            """
        );

    /// <summary>As Lightroom writes it: all values attributes, and the turn of the face.</summary>
    private static string LightroomFace(int across, int down, double x, double y, double width, double height) =>
        FormattableString.Invariant(
            $"""
            <x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 5.6-c140">
             <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
              <rdf:Description rdf:about="" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
                xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#">
               <mwg-rs:Regions rdf:parseType="Resource">
                <mwg-rs:AppliedToDimensions stDim:w="{across}" stDim:h="{down}" stDim:unit="pixel"/>
                <mwg-rs:RegionList>
                 <rdf:Bag>
                  <rdf:li><rdf:Description mwg-rs:Rotation="1.57080" mwg-rs:Name="Zoë" mwg-rs:Type="Face">
                   <mwg-rs:Area stArea:h="{height / down}" stArea:w="{width / across}" stArea:x="{x}" stArea:y="{y}"/>
                  </rdf:Description></rdf:li>
                 </rdf:Bag>
                </mwg-rs:RegionList>
               </mwg-rs:Regions>
              </rdf:Description>
             </rdf:RDF>
            </x:xmpmeta>
            """
        );

    /// <summary>As Lightroom writes it: a pet, a face with a turn, and much that is not about faces.</summary>
    private const string Lightroom = """
        <x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 5.6-c140">
         <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
          <rdf:Description rdf:about="" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
            xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
            xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"
            crs:Exposure2012="+0.35" crs:HasCrop="False">
           <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Sunset</rdf:li></rdf:Alt></dc:title>
           <dc:subject><rdf:Bag><rdf:li>holiday</rdf:li></rdf:Bag></dc:subject>
           <mwg-rs:Regions rdf:parseType="Resource">
            <mwg-rs:AppliedToDimensions stDim:w="300" stDim:h="200" stDim:unit="pixel"/>
            <mwg-rs:RegionList>
             <rdf:Bag>
              <rdf:li><rdf:Description mwg-rs:Rotation="0.05" mwg-rs:Name="Bea" mwg-rs:Type="Face">
               <mwg-rs:Area stArea:h="0.30" stArea:w="0.20" stArea:x="0.20" stArea:y="0.30"/>
              </rdf:Description></rdf:li>
              <rdf:li><rdf:Description mwg-rs:Name="Fido" mwg-rs:Type="Pet">
               <mwg-rs:Area stArea:h="0.30" stArea:w="0.20" stArea:x="0.70" stArea:y="0.70"/>
              </rdf:Description></rdf:li>
             </rdf:Bag>
            </mwg-rs:RegionList>
           </mwg-rs:Regions>
          </rdf:Description>
         </rdf:RDF>
        </x:xmpmeta>
        """;
}
