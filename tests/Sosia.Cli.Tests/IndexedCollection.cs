namespace Sosia.Cli.Tests;

/// <summary>One small collection that many tests ask and none changes.</summary>
public sealed class IndexedCollection : IDisposable
{
    public IndexedCollection()
    {
        for (var person = 0; person < 6; person++)
            Program.Put($"{person}.jpg", Portraits.Of(person));
        Program.Put("again/0.jpg", Portraits.Again(0));
        Program.Put("again/3.jpg", Portraits.Again(3));
        Program.Put("empty.png", Portraits.WithoutFace());
        Indexed = Program.Run("index", Program.Photos);
    }

    internal SosiaProgram Program { get; } = new();

    internal Ran Indexed { get; }

    internal string Photo(string name) => Path.Combine(Program.Photos, name);

    public void Dispose() => Program.Dispose();
}
