using System.Text.Json;
using Sosia.Search;
using Sosia.Vectors.Files;

namespace Sosia.Server.Searching;

/// <summary>
/// Who was searched for, when switched on: one line a search in <c>audit.ndjson</c>, with numbers and names, never with images or
/// embeddings.
/// </summary>
internal sealed class AuditLog(Collection collection, ServerOptions options)
{
    private readonly Lock _gate = new();

    public void Write(Person person, SearchResult result)
    {
        if (!options.Audit)
            return;
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            json.WriteString("at", options.Clock.GetUtcNow());
            json.WriteStartArray("references");
            foreach (var reference in person.References)
                Write(json, reference);
            json.WriteEndArray();
            json.WriteString("by", Json.Names.Of(result.By));
            json.WriteNumber("negatives", person.Negatives.Count);
            if (result.Threshold is { } threshold)
                json.WriteNumber("threshold", threshold);
            json.WriteNumber("matches", result.Found);
            json.WriteEndObject();
        }
        memory.WriteByte((byte)'\n');
        lock (_gate)
        {
            using var file = PrivateFile.Open(
                Path.Combine(collection.Directory, "audit.ndjson"),
                FileMode.Append,
                FileAccess.Write,
                FileShare.Read
            );
            memory.WriteTo(file);
        }
    }

    private static void Write(Utf8JsonWriter json, Reference reference)
    {
        json.WriteStartObject();
        if (reference.Stored is { } stored)
        {
            json.WriteNumber("photo", stored.Photo.Id.Value);
            if (reference.Photo.Face >= 0)
                json.WriteNumber("face", stored.Faces[reference.Photo.Face].Id.Value);
        }
        else
        {
            json.WriteString("upload", reference.Photo.Sha256);
        }
        json.WriteEndObject();
    }
}
