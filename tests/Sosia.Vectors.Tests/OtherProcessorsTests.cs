using System.Diagnostics;

namespace Sosia.Vectors.Tests;

/// <summary>The kernels and the searches that use them, run again by this same program as on processors that can do less.</summary>
[Slow]
public class OtherProcessorsTests
{
    [Theory]
    [InlineData("DOTNET_EnableAVX2"), InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task Without_these_instructions_the_same_tests_pass(string instructions)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(OtherProcessorsTests).Assembly.Location);
        foreach (var tests in (string[])["KernelTests", "MinkowskiTests", "IndexFileTests", "GrowingIndexTests", "SecondRecordsTests"])
        {
            start.ArgumentList.Add("-class");
            start.ArgumentList.Add("*." + tests);
        }
        start.Environment[instructions] = "0";
        using var tested = Process.Start(start)!;
        var said = await tested.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await tested.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(tested.ExitCode == 0, said);
        Assert.DoesNotContain("Total: 0", said);
    }
}
