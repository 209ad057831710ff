using System.Net;
using System.Net.Http.Headers;
using Sosia.Models;

namespace Sosia.Keras;

/// <summary>
/// Fetches one file: goes on where a cut connection or an earlier program left off, and gives it its name only when its hash is right.
/// </summary>
public sealed class Download(Uri address, string path, DownloadOptions options)
{
    private const int BufferBytes = 1 << 16;
    private readonly string _part = path + ".part";
    private long? _total;

    /// <summary>Fetches the file.</summary>
    /// <param name="md5">Lower-case hex that it must have; null takes any.</param>
    /// <param name="progress">Told after every piece.</param>
    /// <param name="cancellation">Ends it; what has come is kept for the next time.</param>
    /// <exception cref="ModelException">The server refuses, gives too much or another file, or brings nothing several times in a
    /// row.</exception>
    public async Task RunAsync(string? md5, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.Patience,
            AutomaticDecompression = DecompressionMethods.None,
        };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        var failed = 0;
        while (true)
        {
            var before = Length();
            try
            {
                await FetchAsync(client, before, progress, cancellation).ConfigureAwait(false);
                break;
            }
            catch (Exception e)
                when (e is HttpRequestException or HttpIOException or TimeoutException && !cancellation.IsCancellationRequested)
            {
                failed = Length() - before >= options.LeastBytes ? 0 : failed + 1;
                if (failed >= options.Tries)
                    throw new ModelException(
                        ModelProblem.Missing,
                        $"{address} can't be fetched ({e.Message.TrimEnd('.')}); what has come is kept, so try again later, or get the "
                            + "file otherwise and name it with --from.",
                        e
                    );
                await Task.Delay(options.Rest * Math.Pow(2, Math.Max(failed - 1, 0)), cancellation).ConfigureAwait(false);
            }
        }
        CheckHash(md5);
        File.Move(_part, path, overwrite: true);
    }

    private long Length() => File.Exists(_part) ? new FileInfo(_part).Length : 0;

    private async Task FetchAsync(HttpClient client, long from, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stalled.CancelAfter(options.Patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (from > 0)
                request.Headers.Range = new RangeHeaderValue(from, null);
            using var response = await client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stalled.Token)
                .ConfigureAwait(false);
            if (from > 0 && response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                // All of it was there already, or another file stands there now; the hash will tell, and with what is too long nothing can
                // be done.
                if (response.Content.Headers.ContentRange?.Length == from)
                    return;
                File.Delete(_part);
                throw new HttpIOException(HttpRequestError.InvalidResponse, "the file there is shorter than what had come; beginning anew");
            }
            Refuse(response);
            // A server that can't begin in the middle begins at the beginning.
            var resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == from;
            _total = resumed ? response.Content.Headers.ContentRange?.Length : response.Content.Headers.ContentLength;
            if (_total > options.MaxBytes)
                throw TooLarge();
            await CopyAsync(response, resumed ? from : 0, progress, stalled).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"fewer than {options.LeastBytes:N0} bytes came in {options.Patience.TotalSeconds:0.#} seconds", e);
        }
    }

    private async Task CopyAsync(
        HttpResponseMessage response,
        long from,
        IProgress<DownloadProgress>? progress,
        CancellationTokenSource stalled
    )
    {
        using var source = await response.Content.ReadAsStreamAsync(stalled.Token).ConfigureAwait(false);
        using var target = new FileStream(_part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, BufferBytes);
        target.SetLength(from);
        target.Position = from;
        var buffer = new byte[BufferBytes];
        var counted = from;
        for (int read; (read = await ReadAsync(source, buffer, stalled.Token).ConfigureAwait(false)) > 0; )
        {
            if (target.Position + read > Math.Min(options.MaxBytes, _total ?? long.MaxValue))
                throw TooLarge();
            target.Write(buffer, 0, read);
            progress?.Report(new DownloadProgress(target.Position, _total));
            if (target.Position - counted < options.LeastBytes)
                continue;
            counted = target.Position;
            stalled.CancelAfter(options.Patience);
        }
        if (target.Position < _total)
            throw new HttpIOException(
                HttpRequestError.ResponseEnded,
                $"the connection ended after {target.Position:N0} of {_total:N0} bytes"
            );
    }

    /// <summary>A connection that breaks is worth another try; a disk that is full, below, is not.</summary>
    private static async Task<int> ReadAsync(Stream source, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            return await source.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded, "the connection broke", e);
        }
    }

    private void Refuse(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
            return;
        var sentence = $"the server answers {(int)response.StatusCode} {response.ReasonPhrase}";
        if ((int)response.StatusCode >= 500 || response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests)
            throw new HttpRequestException(sentence);
        throw new ModelException(
            ModelProblem.Missing,
            $"{address} can't be fetched: {sentence}; give another address or a file with --from."
        );
    }

    private ModelException TooLarge()
    {
        File.Delete(_part);
        return new ModelException(
            ModelProblem.NotAModel,
            $"{address} gives more than {Math.Min(options.MaxBytes, _total is { } t && t <= options.MaxBytes ? t : long.MaxValue):N0} "
                + "bytes, so it is not the file that was asked for; give another address with --from."
        );
    }

    private void CheckHash(string? md5)
    {
        if (md5 is null)
            return;
        var got = KerasImport.Md5(_part);
        if (got == md5)
            return;
        File.Delete(_part);
        throw new ModelException(
            ModelProblem.HashDiffers,
            $"{address} gave another file: Expected MD5 {md5}, got {got}; it was removed. Try again, give another address with --from, "
                + "or take it as it is with --unverified."
        );
    }
}
