using Sosia.Faces;

namespace Sosia.Bench.LargePhotos;

/// <summary>Counts which faces of scenes were found, by pose and size, and what was found where no face is.</summary>
internal sealed class SceneScore
{
    private static readonly (string Name, double From)[] Bins = [("1-2%", 0.01), ("2-4%", 0.02), ("4-10%", 0.04), ("10-30%", 0.1)];

    private readonly SortedDictionary<(Pose Pose, int Bin), (int Found, int All)> _faces = [];
    private (int Found, int All) _upright20;
    private int _photos;
    private int _false;

    /// <summary>Adds what was found in a scene, in its pixels.</summary>
    public void Add(Scene scene, IReadOnlyList<Box> found)
    {
        _photos++;
        var left = found.ToList();
        foreach (var face in scene.Faces)
        {
            var at = left.FindIndex(face.IsFoundBy);
            var hit = at >= 0 ? 1 : 0;
            if (at >= 0)
                left.RemoveAt(at);
            var bin = Array.FindLastIndex(Bins, bin => face.Box.Width / scene.LongestSide >= bin.From * 0.999);
            var (hits, all) = _faces.GetValueOrDefault((face.Pose, bin));
            _faces[(face.Pose, bin)] = (hits + hit, all + 1);
            if (face.Pose is Pose.Upright or Pose.Enlarged)
                _upright20 = (_upright20.Found + hit, _upright20.All + 1);
        }
        _false += left.Count;
    }

    /// <summary>For JSON.</summary>
    public object Result =>
        new
        {
            photos = _photos,
            faces = _faces.Values.Sum(count => count.All),
            recall = _faces.ToDictionary(
                entry => $"{entry.Key.Pose.ToString().ToLowerInvariant()} {Bins[entry.Key.Bin].Name}",
                entry => new
                {
                    found = entry.Value.Found,
                    of = entry.Value.All,
                    recall = Share(entry.Value),
                }
            ),
            uprightFrom20Pixels = Share(_upright20),
            falseBoxes = _false,
            falseBoxesPerPhoto = Math.Round((double)_false / _photos, 4),
        };

    private static double Share((int Found, int All) count) => Math.Round((double)count.Found / count.All, 4);
}
