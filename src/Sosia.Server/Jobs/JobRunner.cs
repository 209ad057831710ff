using System.Security.Cryptography;
using Sosia.Catalogue;
using Sosia.Indexing;
using Sosia.Server.Errors;

namespace Sosia.Server.Jobs;

/// <summary>The jobs of this server, newest first. One at a time indexes.</summary>
internal sealed class JobRunner(Collection collection, ServerOptions options) : IDisposable
{
    private const int Kept = 50;

    private readonly Lock _gate = new();
    private readonly List<Job> _jobs = [];

    public IReadOnlyList<JobState> All
    {
        get
        {
            lock (_gate)
                return [.. _jobs.Select(job => job.State)];
        }
    }

    /// <summary>Whether the collection was indexed by look: then new photos are too, unless somebody says otherwise.</summary>
    public bool ByLook
    {
        get
        {
            try
            {
                return collection.Catalogue.Ask(collection.Looks.CountPhotos) is not null;
            }
            catch (CatalogueException none) when (none.Problem == CatalogueProblem.Missing)
            {
                return false; // nothing was indexed yet
            }
        }
    }

    /// <exception cref="ProblemException">There is none.</exception>
    public Job Find(string id)
    {
        lock (_gate)
            return _jobs.Find(job => job.State.Id == id) ?? throw ProblemException.NotFound($"There is no job {id}.");
    }

    /// <exception cref="ProblemException">A job is running.</exception>
    public JobState Start(IReadOnlyList<string> folders, IndexOptions how)
    {
        lock (_gate)
        {
            CheckIdle();
            var job = new Job(
                collection,
                options.Clock,
                new JobState(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)), folders, how, options.Clock.GetUtcNow())
            );
            _jobs.Insert(0, job);
            if (_jobs.Count > Kept)
            {
                _jobs[Kept].Dispose();
                _jobs.RemoveAt(Kept);
            }
            job.Start();
            return job.State;
        }
    }

    /// <exception cref="ProblemException">No such job, it is done or running, or another is running.</exception>
    public JobState Resume(string id)
    {
        lock (_gate)
        {
            var job = Find(id);
            CheckIdle();
            if (job.State.Phase == Jobs.JobPhase.Done)
                throw new ProblemException("job-ended", 409, "The job is done; start another to index again.");
            job.Start();
            return job.State;
        }
    }

    /// <exception cref="ProblemException">No such job, or it has ended.</exception>
    public JobState Cancel(string id)
    {
        var job = Find(id);
        if (!job.State.IsActive)
            throw new ProblemException("job-ended", 409, "The job has ended already.");
        job.Cancel();
        return job.State;
    }

    /// <summary>Asks what runs to end, and waits for the photos in flight.</summary>
    public void Dispose()
    {
        foreach (var job in _jobs)
            job.Dispose();
    }

    private void CheckIdle()
    {
        if (_jobs.Find(job => job.State.IsActive) is { } running)
            throw new ProblemException("job-running", 409, $"Job {running.State.Id} is indexing; wait until it has ended, or cancel it.");
    }
}
