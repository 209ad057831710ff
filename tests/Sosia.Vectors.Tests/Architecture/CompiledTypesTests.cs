namespace Sosia.Vectors.Tests.Architecture
{
    /// <summary>What the reader of compiled types sees, tried on types of this file.</summary>
    public class CompiledTypesTests
    {
        private static readonly IReadOnlyList<CompiledType> Types = CompiledTypes.Of(
            typeof(CompiledTypesTests).Assembly.Location,
            "tests/Sosia.Vectors.Tests"
        );

        [Theory]
        [
            InlineData(nameof(Users.ByBase)),
            InlineData(nameof(Users.ByInterface)),
            InlineData(nameof(Users.ByField)),
            InlineData(nameof(Users.ByParameter))
        ]
        [
            InlineData(nameof(Users.ByCall)),
            InlineData(nameof(Users.ByLambda)),
            InlineData(nameof(Users.ByIterator)),
            InlineData(nameof(Users.ByNested))
        ]
        [
            InlineData(nameof(Users.ByTypeof)),
            InlineData(nameof(Users.ByArray)),
            InlineData(nameof(Users.ByTypeArgument)),
            InlineData(nameof(Users.ByCatch))
        ]
        [InlineData("ByConstraint`1"), InlineData(nameof(Users.ByAttribute))]
        public void A_use_is_seen_wherever_it_stands(string user) =>
            Assert.Contains(Find($"Users.{user}").Uses, used => used.StartsWith(typeof(Used.Target).Namespace!, StringComparison.Ordinal));

        [Fact]
        public void A_type_that_uses_nothing_of_a_folder_has_no_arrow_to_it() =>
            Assert.DoesNotContain(
                Find("Users.ByNothing").Uses,
                used => used.StartsWith(typeof(Used.Target).Namespace!, StringComparison.Ordinal)
            );

        [Fact]
        public void Folder_and_files_come_from_the_symbols_also_of_an_interface()
        {
            Assert.Equal("Architecture", Find("Used.ITarget").Folder);
            Assert.Equal(["CompiledTypesTests.cs"], Find("Used.Target").Files);
        }

        private static CompiledType Find(string name) =>
            Types.Single(type => type.Name == $"{typeof(CompiledTypesTests).Namespace}.{name}");
    }
}

namespace Sosia.Vectors.Tests.Architecture.Used
{
    public class Target
    {
        public static int Value => 1;
    }

    public interface ITarget;

    public sealed class TargetException : Exception;

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class TargetAttribute : Attribute;
}

namespace Sosia.Vectors.Tests.Architecture.Users
{
    public class ByNothing
    {
        public int Value { get; } = 1;
    }

    public class ByBase : Used.Target;

    public class ByInterface : Used.ITarget;

    public class ByField
    {
        internal Used.Target? Field;

        internal void Clear() => Field = null;
    }

    public class ByParameter
    {
        public static bool Has(Used.Target[] targets) => targets.Length > 0;
    }

    public class ByCall
    {
        public static int Value() => Used.Target.Value;
    }

    public class ByLambda
    {
        public static Func<int> Value() => () => Used.Target.Value;
    }

    public class ByIterator
    {
        public static IEnumerable<int> Values()
        {
            yield return Used.Target.Value;
        }
    }

    public class ByNested
    {
        public static class Inner
        {
            public static int Value() => Used.Target.Value;
        }
    }

    public class ByTypeof
    {
        public static string Name() => typeof(Used.Target).Name;
    }

    public class ByArray
    {
        public static object Make() => new Used.Target[1];
    }

    public class ByTypeArgument
    {
        public static int Count() => Enumerable.Empty<Used.Target>().Count();
    }

    public class ByCatch
    {
        public static int Try()
        {
            try
            {
                return int.Parse("1", System.Globalization.CultureInfo.InvariantCulture);
            }
            catch (Used.TargetException)
            {
                return 0;
            }
        }
    }

    public class ByConstraint<T>
        where T : Used.ITarget;

    [Used.Target]
    public class ByAttribute;
}
