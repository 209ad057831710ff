using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Sosia.Tests.Shared;

/// <summary>Finds the types, methods and fields that a method's instructions name.</summary>
internal static class IlTokens
{
    private const int LongForm = 0xFE;

    private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value & 0xFFFF, code => code.OperandType);

    public static IReadOnlyList<EntityHandle> In(BlobReader instructions)
    {
        var tokens = new List<EntityHandle>();
        while (instructions.RemainingBytes > 0)
        {
            int code = instructions.ReadByte();
            if (code == LongForm)
                code = code << 8 | instructions.ReadByte();
            var operand = Operands[code];
            if (
                operand
                is OperandType.InlineField
                    or OperandType.InlineMethod
                    or OperandType.InlineTok
                    or OperandType.InlineType
                    or OperandType.InlineSig
            )
                tokens.Add((EntityHandle)MetadataTokens.Handle(instructions.ReadInt32()));
            else
                instructions.Offset += SizeOf(operand, instructions);
        }
        return tokens;
    }

    private static int SizeOf(OperandType operand, BlobReader at) =>
        operand switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            OperandType.InlineSwitch => sizeof(int) + at.ReadInt32() * sizeof(int),
            _ => 4,
        };
}
