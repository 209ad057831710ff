using Sosia.Training;

return CommandLine.Run(args);
