// The photos of a folder in which a person appears. Usage: SearchFolder FOLDER IMAGE
// What was read is kept in the folder's own .sosia: the second search reads nothing but what is new.
using Sosia;

if (args is not [var folder, var image])
{
    Console.Error.WriteLine("Usage: SearchFolder FOLDER IMAGE");
    return 2;
}
using var collection = Collection.Open(new CollectionOptions { Directory = Path.Combine(folder, ".sosia") });
var indexed = await collection.IndexAsync([folder]);
foreach (var (file, failure) in indexed.Failures)
    Console.Error.WriteLine($"{file.Path}: {failure.Message}");

var result = await collection.SearchAsync([await collection.ReadQueryAsync(image)]);
foreach (var match in result.Matches)
    Console.WriteLine($"{match.Score:F3}  {match.Meaning.Sentence}  {match.Path}");
return 0;
