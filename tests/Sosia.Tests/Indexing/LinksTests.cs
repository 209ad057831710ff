using Sosia.Indexing;
using Sosia.Photos;

namespace Sosia.Tests.Indexing;

/// <summary>Links to files: followed inside the folders that are indexed, and out of them only when that is asked for.</summary>
public sealed class LinksTests : IDisposable
{
    private readonly IndexedFolder _folder = new();
    private readonly TemporaryDirectory _elsewhere = new();

    public void Dispose()
    {
        _folder.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public void A_link_out_of_the_folder_is_listed_and_not_read()
    {
        _folder.Put("a.png", IndexedFolder.Empty(1));
        Link("inside.png", _folder["a.png"]);
        Link("out.png", Elsewhere(2));
        Link("out.xmp", Elsewhere(3));
        Link("round.png", _folder["round.png"]);
        var summary = _folder.Index();
        Assert.Equal(1, _folder.Counts.Read); // two files of the same bytes are one photo
        var out1 = summary.Failures.Single(failure => failure.File.Path == _folder["out.png"]);
        Assert.Equal(UnreadableReason.LeadsOut, out1.Failure.Reason);
        Assert.Contains("--follow-links", out1.Failure.Message);
        Assert.Contains(summary.Failures, failure => failure.File.Path == _folder["round.png"]);

        _folder.Index(new IndexOptions { FollowLinks = true });
        Assert.Equal(2, _folder.Counts.Read);
        Assert.NotNull(_folder.Ask(reader => reader.FindPhotoAt(_folder["out.png"])));
    }

    [Fact]
    public void What_was_indexed_through_a_link_before_stays_and_is_listed_also_when_gone_files_are_removed()
    {
        _folder.Put("a.png", IndexedFolder.Empty(1));
        Link("out.png", Elsewhere(2));
        _folder.Index(new IndexOptions { FollowLinks = true });
        foreach (var force in new[] { false, true })
        {
            var summary = _folder.Index(new IndexOptions { Force = force });
            Assert.Equal(UnreadableReason.LeadsOut, Assert.Single(summary.Failures).Failure.Reason);
            Assert.NotNull(_folder.Ask(reader => reader.FindPhotoAt(_folder["out.png"])));
        }
    }

    [Fact]
    public void A_root_may_be_a_link_and_a_file_that_is_named_is_followed()
    {
        var real = Directory.CreateDirectory(Path.Combine(_elsewhere.Path, "real"));
        File.WriteAllBytes(Path.Combine(real.FullName, "a.png"), IndexedFolder.Empty(1));
        File.CreateSymbolicLink(Path.Combine(real.FullName, "b.png"), Path.Combine(real.FullName, "a.png"));
        Directory.CreateSymbolicLink(_folder["linked"], real.FullName);
        Link("named.png", Elsewhere(2));
        var summary = _folder.Index(_folder["linked"], _folder["named.png"]);
        Assert.Empty(summary.Failures);
        Assert.Equal(2, _folder.Counts.Read);
    }

    private void Link(string name, string target) => File.CreateSymbolicLink(_folder[name], target);

    private string Elsewhere(int number)
    {
        var path = Path.Combine(_elsewhere.Path, $"{number}.png");
        File.WriteAllBytes(path, IndexedFolder.Empty(number));
        return path;
    }
}
