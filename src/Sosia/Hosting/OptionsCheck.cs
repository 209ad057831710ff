using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Sosia.Hosting;

/// <summary>Checks options by their data annotations, those inside them too.</summary>
internal static class OptionsCheck
{
    /// <exception cref="OptionException">A setting that makes no sense; all of them, a sentence each.</exception>
    public static void Check(object options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var mistakes = Mistakes(options);
        if (mistakes.Count > 0)
            throw new OptionException(string.Join(' ', mistakes));
    }

    /// <summary>One sentence for each setting that makes no sense.</summary>
    public static IReadOnlyList<string> Mistakes(object options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        var inside =
            from property in options.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public)
            where property.PropertyType.Namespace?.StartsWith("Sosia", StringComparison.Ordinal) == true && property.PropertyType.IsClass
            let value = property.GetValue(options)
            where value is not null
            from mistake in Mistakes(value)
            select mistake;
        return [.. results.Select(result => result.ErrorMessage!), .. inside];
    }
}
