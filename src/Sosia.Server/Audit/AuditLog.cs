using System.Text.Json;
using Sosia.Server.Safety.Keys;
using Sosia.Server.Searching;
using Sosia.Vectors.Files;

namespace Sosia.Server.Audit;

/// <summary>
/// Who asked what, when switched on: one line a request in <c>audit.ndjson</c>, with numbers and names, never with images or embeddings. A
/// full file is put aside as <c>audit.1.ndjson</c>, and so on.
/// </summary>
internal sealed partial class AuditLog(Collection collection, ServerOptions options, ILogger<AuditLog> log)
{
    private const long LargestFile = 16 << 20;
    private const int MostFiles = 9;

    private readonly Lock _gate = new();

    /// <summary>Writes a line when the answer has been sent, whatever it was.</summary>
    public Task Invoke(HttpContext context, RequestDelegate next)
    {
        if (options.Audit && AuditRoutes.IsRecorded(context.GetEndpoint()))
        {
            var entry = new AuditEntry(context, options.Clock.GetUtcNow()); // now: an error takes the route away from the request
            context.Features.Set(entry);
            context.Response.OnCompleted(() =>
            {
                Write(LineOf(context, entry));
                return Task.CompletedTask;
            });
        }
        return next(context);
    }

    private static byte[] LineOf(HttpContext context, AuditEntry entry)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            json.WriteString("at", entry.At);
            json.WriteString("who", entry.Who ?? Caller.Of(context.User)?.Name);
            json.WriteString("from", context.Connection.RemoteIpAddress?.ToString());
            json.WriteString("method", context.Request.Method);
            json.WriteString("route", entry.Route);
            foreach (var (name, value) in entry.Values)
                json.WriteString(name, value);
            json.WriteNumber("status", context.Response.StatusCode);
            if (entry.Results is { } results)
                json.WriteNumber("results", results);
            if (entry.Person is { } person)
                Write(json, person, entry);
            json.WriteEndObject();
        }
        memory.WriteByte((byte)'\n');
        return memory.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Person person, AuditEntry entry)
    {
        json.WriteString("by", Json.Names.Of(person.Options.By));
        json.WriteStartArray("references");
        foreach (var reference in person.References)
            Write(json, reference);
        json.WriteEndArray();
        json.WriteNumber("negatives", person.Negatives.Count);
        if (entry.Found?.Threshold is { } threshold)
            json.WriteNumber("threshold", threshold);
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

    private void Write(byte[] line)
    {
        try
        {
            lock (_gate)
            {
                PutAsideWhenFull();
                using var file = PrivateFile.Open(PathOf(0), FileMode.Append, FileAccess.Write, FileShare.Read);
                file.Write(line);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            LogNotWritten(log, refused.Message); // the answer has been sent: it can't be taken back
        }
    }

    private void PutAsideWhenFull()
    {
        if (new FileInfo(PathOf(0)) is not { Exists: true, Length: >= LargestFile })
            return;
        for (var number = MostFiles - 1; number >= 0; number--)
            if (File.Exists(PathOf(number)))
                File.Move(PathOf(number), PathOf(number + 1), overwrite: true);
    }

    private string PathOf(int number) => Path.Combine(collection.Directory, number == 0 ? "audit.ndjson" : $"audit.{number}.ndjson");

    [LoggerMessage(Level = LogLevel.Error, Message = "A line of the audit log could not be written: {Why}")]
    private static partial void LogNotWritten(ILogger logger, string why);
}
