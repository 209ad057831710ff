namespace Sosia.Vectors.Files;

/// <summary>
/// The header of a NumPy file is a Python dictionary of three entries: 'descr' (text), 'fortran_order' (True or False) and 'shape' (a tuple
/// of whole numbers). This reads that and nothing else: what NumPy would hand to Python's parser is not evaluated here.
/// </summary>
internal ref struct NpyDictionary(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text;

    /// <summary>What the entries said, null for one that is missing.</summary>
    public string? Type { get; private set; }

    public bool? FortranOrder { get; private set; }

    public long[]? Shape { get; private set; }

    /// <summary>Whether the type is a list of fields rather than one type.</summary>
    public bool HasFields { get; private set; }

    /// <summary>Reads all of it.</summary>
    /// <returns>False when it is not such a dictionary.</returns>
    public bool Parse()
    {
        if (!Take('{'))
            return false;
        while (!Take('}'))
        {
            if (Text() is not { } key || !Take(':') || !Value(key))
                return false;
            if (HasFields)
                return true;
            if (!Take(',') && !Peek('}'))
                return false;
        }
        return _rest.Trim().IsEmpty && Type is not null && FortranOrder is not null && Shape is not null;
    }

    private bool Value(string key)
    {
        switch (key)
        {
            case "descr" when Type is null:
                HasFields = Peek('[');
                Type = HasFields ? "" : Text();
                return Type is not null;
            case "fortran_order" when FortranOrder is null:
                FortranOrder =
                    Word("True") ? true
                    : Word("False") ? false
                    : null;
                return FortranOrder is not null;
            case "shape" when Shape is null:
                Shape = Tuple();
                return Shape is not null;
            default:
                return false;
        }
    }

    private long[]? Tuple()
    {
        var sizes = new List<long>();
        if (!Take('('))
            return null;
        while (!Take(')'))
        {
            if (Number() is not { } size)
                return null;
            sizes.Add(size);
            if (!Take(',') && !Peek(')'))
                return null;
        }
        return [.. sizes];
    }

    private long? Number()
    {
        Skip();
        var digits = 0;
        while (digits < _rest.Length && char.IsAsciiDigit(_rest[digits]))
            digits++;
        if (!long.TryParse(_rest[..digits], out var number))
            return null;
        _rest = _rest[digits..];
        _ = Take('L'); // as Python 2 wrote it
        return number;
    }

    private string? Text()
    {
        Skip();
        if (_rest.IsEmpty || _rest[0] is not ('\'' or '"'))
            return null;
        var end = _rest[1..].IndexOf(_rest[0]);
        if (end < 0)
            return null;
        var text = _rest.Slice(1, end);
        _rest = _rest[(end + 2)..];
        return text.Contains('\\') ? null : text.ToString();
    }

    private bool Word(string word)
    {
        Skip();
        if (!_rest.StartsWith(word, StringComparison.Ordinal))
            return false;
        _rest = _rest[word.Length..];
        return true;
    }

    private bool Take(char sign)
    {
        if (!Peek(sign))
            return false;
        _rest = _rest[1..];
        return true;
    }

    private bool Peek(char sign)
    {
        Skip();
        return !_rest.IsEmpty && _rest[0] == sign;
    }

    private void Skip() => _rest = _rest.TrimStart();
}
