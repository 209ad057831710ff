using System.Collections.Concurrent;
using Sosia.Search;
using Sosia.Search.Ranking;
using Sosia.Server.Audit;
using Sosia.Server.Json;
using Sosia.Server.Queries;
using Sosia.Server.Work;

namespace Sosia.Server.Searching;

/// <summary>Reads uploads and searches; the library does both, here it is decided when.</summary>
internal sealed class Searcher(Collection collection, QueryStore queries, UploadReader uploads, Inferences inferences, Searches searches)
{
    private readonly ConcurrentDictionary<(ScoringRule Rule, int References), IReadOnlyList<double[]>> _curves = new();

    /// <summary>Reads an uploaded photo in its turn and holds it.</summary>
    public async Task<Query> Upload(UploadedFile file, CancellationToken cancellation)
    {
        var photo = await inferences.Queue.Run(ended => uploads.Reader.ReadBytes(file.Bytes, file.Name, cancellation: ended), cancellation);
        return queries.Add(photo, file.Bytes);
    }

    /// <summary>Reads the uploads that are searched with by look, in their turn, where that was not done before.</summary>
    public async Task PrepareAsync(SearchBody? body, CancellationToken cancellation)
    {
        if (body?.By is not ("look" or "both"))
            return;
        foreach (var id in (body.References ?? []).Select(reference => reference.Query).OfType<string>().Distinct())
        {
            var query = queries.Get(id);
            if (collection.Searching.HasLook(query.Photo))
                continue;
            var read = await inferences.Queue.Run(ended => uploads.Reader.AddLook(query.Photo, query.Bytes, ended), cancellation);
            queries.Change(id, photo => photo with { Look = read.Look });
        }
    }

    public async Task<(Person Person, SearchResult Result)> SearchAsync(SearchBody? body, HttpContext context)
    {
        await PrepareAsync(body, context.RequestAborted);
        var person = Person.Find(body, collection, queries);
        var result = await searches.Queue.Run(
            ended => collection.Searching.Search([.. person.References.Select(reference => reference.Photo)], person.Options, ended),
            context.RequestAborted
        );
        AuditEntry.Of(context).Note(person, result);
        return (person, result);
    }

    public async Task<SearchShape> AnswerAsync(SearchBody? body, HttpContext context)
    {
        var (person, result) = await SearchAsync(body, context);
        var references = person.References;
        return new SearchShape(
            references[0].ToShape(),
            references.Count > 1 ? [.. references.Skip(1).Select(also => also.ToShape())] : null,
            person.Negatives.Count > 0 ? [.. person.Negatives.Select(negative => negative.ToShape())] : null,
            Names.Of(result.By),
            result.Threshold,
            Names.Of(result.Rule),
            references.Count,
            result.FacesSearched,
            result.PhotosSearched,
            result.FoundSomebody,
            [.. result.Matches.Select(ToShape.Match)],
            person.Curve ? CurveOf(result, references.Count) : null,
            result.OpeningTime.TotalMilliseconds,
            result.IndexTime.TotalMilliseconds,
            result.Elapsed.TotalMilliseconds
        );
    }

    /// <summary>What scores mean, in steps of a hundredth; null where nobody measured it.</summary>
    private IReadOnlyList<double[]>? CurveOf(SearchResult result, int references)
    {
        if (result.Meaning(0).FalseMatchRate is null)
            return null;
        return _curves.GetOrAdd((result.Rule, references), _ =>
            [.. Enumerable.Range(-20, 121).Select(step => new[] { step / 100.0, result.Meaning(step / 100f).FalseMatchRate!.Value })]
        );
    }
}
