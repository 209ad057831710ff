using System.Diagnostics; using Sosia.Training; using Sosia.Training.Kernels; using Sosia.Training.Network; using TorchSharp;
Libtorch.Load(DeviceType.CPU, 2);
var o = new TrainingOptions(); var classes = int.Parse(args[0]);
{ var a=torch.rand(4096,4096); var b=torch.rand(4096,4096); for(int i=0;i<3;i++){ var s=Stopwatch.GetTimestamp(); using var c=a.matmul(b); Console.WriteLine($"matmul {2*Math.Pow(4096,3)/1e9/Stopwatch.GetElapsedTime(s).TotalSeconds:F1}"); } a.Dispose(); b.Dispose(); }
using var p = new Parameters(o, classes, torch.CPU);
using var step = new TiledStep(o, p, 2);
var r = new Random(1); var px = new byte[100*250*250*3]; r.NextBytes(px); var lab = Enumerable.Range(0,100).Select(_=>r.Next(classes)).ToArray();
var flop = 100*(o.Blocks().Sum(x=>3*x.Operations)-o.Blocks()[0].Operations + 3*2.0*o.Features*classes)/1e9;
for(int i=0;i<int.Parse(args[1]);i++){ var s=Stopwatch.GetTimestamp(); var res=step.Run(px,lab,AdamRate.At(0.001f,i+1)); var t=Stopwatch.GetElapsedTime(s).TotalSeconds; Console.WriteLine($"{res} {t:F2}s {flop/t:F1} GFLOP/s of {flop:F0}  peak {Process.GetCurrentProcess().PeakWorkingSet64/1e6:F0} MB"); }
