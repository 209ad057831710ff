using Sosia.People.Names;

namespace Sosia.Tests.People;

/// <summary>One name is one text, however it was typed.</summary>
public class NamesTests
{
    [Theory]
    [InlineData("José", "Jose\u0301")]
    [InlineData("Å", "\u212B")] // Ångström sign
    [InlineData("ệ", "e\u0302\u0323")] // marks in another order
    [InlineData("ệ", "e\u0323\u0302")]
    [InlineData("각", "\u1100\u1161\u11A8")]
    [InlineData("가", "\u1100\u1161")]
    [InlineData("\u0958", "\u0915\u093C")] // a composed letter that is never composed again
    [InlineData("Ada Lovelace", "  Ada \u00A0 Lovelace\t")]
    [InlineData("עדה", "\u202Bעדה\u202C\u200F")]
    public void A_name_is_the_same_in_all_its_forms(string one, string other) =>
        Assert.Equal(PersonName.Clean(one), PersonName.Clean(other));

    [Theory]
    [InlineData("Zoë 🌻")]
    [InlineData("AC/DC")]
    [InlineData("<b>Ada</b> & \"Ben\"")]
    [InlineData("山田太郎")]
    [InlineData("a\u0300\u0315")]
    public void Other_names_stay_as_they_are_but_for_composition(string name)
    {
        var clean = PersonName.Clean(name);
        Assert.Equal(clean, PersonName.Clean(clean));
        Assert.Equal(name.EnumerateRunes().Count(), clean.EnumerateRunes().Count() + (name.Contains('\u0300') ? 1 : 0));
    }

    [Theory]
    [InlineData("", "at least one letter")]
    [InlineData(" \u200F ", "at least one letter")]
    [InlineData("Ada\u0007", "control character (U+0007)")]
    public void What_is_no_name_is_refused_in_one_sentence(string name, string says) =>
        Assert.Contains(says, Assert.Throws<PeopleException>(() => PersonName.Clean(name)).Message);

    [Fact]
    public void A_name_has_an_end() =>
        Assert.Contains("200 letters at most", Assert.Throws<PeopleException>(() => PersonName.Clean(new string('a', 201))).Message);

    [Fact]
    public void Names_are_the_same_in_any_case()
    {
        Assert.True(PersonName.AreSame("JOSÉ", "josé"));
        Assert.False(PersonName.AreSame("José", "Jose"));
    }
}
