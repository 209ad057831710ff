using Sosia.Cli;

return CommandLine.Run(args);
