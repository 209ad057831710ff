using Sosia.Bench;
using Sosia.Bench.Copies;
using Sosia.Bench.LargePhotos;
using Sosia.Bench.Millions;
using Sosia.Bench.OwnPhotos;
using Sosia.Bench.Stores;
using Sosia.Bench.Vectors;

// Speed, as programs that print JSON. Ratios within one run count; the seconds are this machine's.
return args switch
{
    ["pipeline", var folder] => PipelineBench.Run(folder, photos: int.MaxValue),
    ["pipeline", var folder, "--photos", var count] when int.TryParse(count, out var photos) => PipelineBench.Run(folder, photos),
    ["photos", var lfw, var yunet] => PhotosBench.Run(new PhotosBenchOptions(lfw, 300, "python3", yunet)).GetAwaiter().GetResult(),
    ["photos", var lfw, var yunet, "--python", var python] => PhotosBench
        .Run(new PhotosBenchOptions(lfw, 300, python, yunet))
        .GetAwaiter()
        .GetResult(),
    ["photos", var lfw, "--detector", var name] => PhotosBench.RunDetector(lfw, name),
    ["vectors", "--npy", var file] => VectorsBench.RunOn(file),
    ["vectors", var count] when int.TryParse(count, out var rows) => VectorsBench.Run(rows, isotropic: false),
    ["vectors", var count, "--isotropic"] when int.TryParse(count, out var rows) => VectorsBench.Run(rows, isotropic: true),
    ["growth", var image] => GrowthBench.Run(image),
    ["collection", var directory] => CollectionBench.Run(directory),
    ["millions", "index", var directory] => MillionsBench.Index(directory, anew: true),
    ["millions", "open", var directory] => MillionsBench.Index(directory, anew: false),
    ["millions", "search", var directory] => MillionsBench.Search(directory),
    ["millions", "commit", var directory] => MillionsBench.Commit(directory),
    ["millions", "renew", var directory] => MillionsBench.Renew(directory),
    ["millions", "forget", var directory] => MillionsBench.Forget(directory),
    ["millions", "plan", var directory, var count] when int.TryParse(count, out var files) => PlanBench.Run(directory, files),
    ["millions", "file", var directory, var count] when int.TryParse(count, out var files) => PlanBench.RunOne(directory, files),
    ["millions", "npy", var directory, var count] when int.TryParse(count, out var rows) => NpyBench.Run(directory, rows),
    ["millions", "draw", var directory, var count] when int.TryParse(count, out var faces) => MillionsBench.Draw(directory, faces),
    ["people", "group", var directory] => PeopleBench.Group(directory),
    ["people", "add", var directory] => PeopleBench.Add(directory),
    ["people", "case", var directory] => PeopleBench.Case(directory),
    ["own", "calibration", var lfw, var count] when int.TryParse(count, out var draws) => OwnCalibrationBench.Run(lfw, draws),
    ["own", "calibration", var lfw, "1", var only] => OwnCalibrationBench.Run(lfw, 1, only),
    ["own", "certificate", var lfw, var count] when int.TryParse(count, out var draws) => CertificateBench.Run(lfw, draws),
    ["store", "write", var connection] => StoreBench.Write(connection),
    ["store", "reader", var connection, var directory] => StoreBench.Reader(connection, directory),
    ["store", "database", var connection, var count] when int.TryParse(count, out var faces) => StoreBench.Database(
        connection,
        faces,
        anew: true
    ),
    ["store", "database", var connection, var count, "--keep"] when int.TryParse(count, out var faces) => StoreBench.Database(
        connection,
        faces,
        anew: false
    ),
    ["spectrum", var file, var names] => FaceSpectrum.Measure(file, names),
    ["features", var model, var folder] => FeaturesBench.Run(model, folder, photos: 64),
    ["features", var model, var folder, "--photos", var count] when int.TryParse(count, out var photos) => FeaturesBench.Run(
        model,
        folder,
        photos
    ),
    ["look", var folder] => LookBench.Run(folder),
    ["copies", var folder] => CopiesBench.Run(folder),
    ["trees"] => TreesBench.Run(),
    ["long-rows", var directory] => LongRowsBench.Run(directory),
    ["page", var collection, var photos] => PageBench.Run(collection, photos).GetAwaiter().GetResult(),
    ["server", var collection] => ServerBench.Run(collection, soakSeconds: 60),
    ["server", var collection, "--no-soak"] => ServerBench.Run(collection, soakSeconds: 0),
    ["serve-for-bench", var collection] => ServerBench.Serve(collection),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        Usage: dotnet run --project bench/Sosia.Bench -- pipeline DIR [--photos N]
          pipeline   photos/s of indexing, beside the three networks alone on the same number of calls, with the share of every stage
               photos LFW YUNET.onnx [--python COMMAND]
               photos LFW --detector NAME
          photos     photos of 2, 12 and 48 megapixels beside OpenCV's YuNet, recall in made scenes, and the page's first results
               vectors ROWS [--isotropic]
               vectors --npy FILE
          vectors    exact search beside a plain scan, on rows drawn from the spectrum of faces, without structure, or from a file
               growth IMAGE.png
          growth     how the time of a search grows from 10,000 to 1,000,000 rows, with the fitted exponents and a plot
               collection DIR | ROWS
          collection  searches through a collection's index file: the first answer after opening, the plain and the expanded rule
               millions draw DIR FACES
               millions index|open|search|commit|renew|forget DIR
               millions plan|file|npy DIR COUNT
          millions   a catalogue of millions of drawn faces: its index made, opened, searched; a commit, renewals, a photo forgotten;
                     a run over known files, and over one of them by its name; Sosia.Vectors on rows in a NumPy file
               people group|add|case DIR
          people     in a collection that `millions draw` made: all faces grouped; a photo added; a case of three for and three against
               own calibration LFW DRAWS
          own        whether a collection's own calibration states what is measured there, on photos of nine people that are made worse
               store write CONNECTION
               store reader CONNECTION DIR
               store database CONNECTION FACES [--keep]
          store      a collection in PostgreSQL: faces written beside raw COPY and SQLite; a reader's index and searches beside those of
                     a directory that `millions draw` made; searches in the database, exact and by HNSW, beside the same SQL
               spectrum FILE.npy NAMES.txt
          spectrum   how much people differ, and photos of one person, along each principal direction
               features MODEL DIR [--photos N]
          features   photos/s and peak memory of `sosia embed` with a model of your own, beside ONNX Runtime alone
               look DIR
          look       which model finds changed photos, crops and the other half of a scene again, and how fast it is
               copies DIR
          copies     which changed photos are found again as copies, which photos of the folder count as copies, and how long it takes
          trees      a scan, a k-d tree and a ball tree over drawn rows of few dimensions
          long-rows DIR  a scan of 13,233 × 107,648 floats in a NumPy file, which is drawn into DIR (5.7 GB) and deleted
          page       the page in Chromium: first results after a drop of a photo, the slider, scrolling all photos, and its weight
               server COLLECTION [--no-soak]
          server     searches by face, uploads, and a minute of 64 uploading clients, from this process against another on loopback
        """
    );
    return 2;
}
