using Microsoft.Extensions.DependencyInjection;
using Sosia.Faces;

namespace Sosia.Tests.Documentation;

/// <summary>The code of docs/how-it-works.md, compiled; a test holds the two together.</summary>
internal static class ServicesSample
{
    public static void Add(IServiceCollection services)
    {
        // sample
        services.AddSosia(options =>
        {
            options.Directory = "my-collection";
            options.Detector = new DetectorOptions { SmallestFace = 40 };
        });
        // end
    }
}
