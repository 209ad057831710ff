using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Sosia.Tests.Shared;

/// <summary>Collects what a compiled type uses.</summary>
internal sealed class TypeUses(PEReader file, MetadataReader metadata, HashSet<string> into)
{
    private readonly TypeNames _names = new(metadata, into);

    /// <summary>Reads one type, without those nested in it.</summary>
    public void Read(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        if (!type.BaseType.IsNil)
            _names.Add(type.BaseType);
        foreach (var implementation in type.GetInterfaceImplementations())
            _names.Add(metadata.GetInterfaceImplementation(implementation).Interface);
        ReadAttributes(type.GetCustomAttributes());
        ReadConstraints(type.GetGenericParameters());
        foreach (var fieldHandle in type.GetFields())
        {
            var field = metadata.GetFieldDefinition(fieldHandle);
            field.DecodeSignature(_names, null);
            ReadAttributes(field.GetCustomAttributes());
        }
        foreach (var methodHandle in type.GetMethods())
            ReadMethod(metadata.GetMethodDefinition(methodHandle));
    }

    private void ReadMethod(MethodDefinition method)
    {
        method.DecodeSignature(_names, null);
        ReadAttributes(method.GetCustomAttributes());
        ReadConstraints(method.GetGenericParameters());
        if (method.RelativeVirtualAddress == 0)
            return;
        var body = file.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
            metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_names, null);
        foreach (var region in body.ExceptionRegions)
            if (!region.CatchType.IsNil)
                _names.Add(region.CatchType);
        foreach (var token in IlTokens.In(body.GetILReader()))
            ReadToken(token);
    }

    private void ReadToken(EntityHandle token)
    {
        switch (token.Kind)
        {
            case HandleKind.MethodDefinition:
                var method = metadata.GetMethodDefinition((MethodDefinitionHandle)token);
                _names.Add(method.GetDeclaringType());
                method.DecodeSignature(_names, null);
                break;
            case HandleKind.FieldDefinition:
                var field = metadata.GetFieldDefinition((FieldDefinitionHandle)token);
                _names.Add(field.GetDeclaringType());
                field.DecodeSignature(_names, null);
                break;
            case HandleKind.MemberReference:
                var member = metadata.GetMemberReference((MemberReferenceHandle)token);
                if (member.Parent.Kind == HandleKind.MethodDefinition)
                    ReadToken(member.Parent);
                else
                    _names.Add(member.Parent);
                if (member.GetKind() == MemberReferenceKind.Field)
                    member.DecodeFieldSignature(_names, null);
                else
                    member.DecodeMethodSignature(_names, null);
                break;
            case HandleKind.MethodSpecification:
                var made = metadata.GetMethodSpecification((MethodSpecificationHandle)token);
                ReadToken(made.Method);
                made.DecodeSignature(_names, null);
                break;
            case HandleKind.StandaloneSignature:
                metadata.GetStandaloneSignature((StandaloneSignatureHandle)token).DecodeMethodSignature(_names, null);
                break;
            default:
                _names.Add(token);
                break;
        }
    }

    private void ReadAttributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes)
            ReadToken(metadata.GetCustomAttribute(attribute).Constructor);
    }

    private void ReadConstraints(GenericParameterHandleCollection parameters)
    {
        foreach (var parameter in parameters)
        foreach (var constraint in metadata.GetGenericParameter(parameter).GetConstraints())
            _names.Add(metadata.GetGenericParameterConstraint(constraint).Type);
    }
}
