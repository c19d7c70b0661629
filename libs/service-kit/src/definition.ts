import { toBinary, type DescFile, type DescService } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const same = (bytes: Buffer): Buffer => bytes;

const withImports = (file: DescFile, seen = new Map<string, DescFile>()): Map<string, DescFile> => {
  if (seen.has(file.name)) return seen;
  seen.set(file.name, file);
  file.dependencies.forEach((it) => withImports(it, seen));
  return seen;
};

/**
 * What Nest and grpc-js want for `packageDefinition`, from descriptors, without any .proto file at run time. Messages pass as bytes:
 * the generated controllers read and write them, so that a request is only read once its caller is known and a bad one is answered
 * like any other refusal. One more entry holds the files that reflection shows.
 */
export const packageDefinition = (services: readonly DescService[]): Record<string, object> => {
  const definitions = services.map((service) => {
    const methods = service.methods.map((method) => [
      method.name,
      {
        path: `/${service.typeName}/${method.name}`,
        originalName: method.localName,
        requestStream: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
        responseStream: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
        requestDeserialize: same,
        requestSerialize: asBuffer,
        responseDeserialize: same,
        responseSerialize: asBuffer,
      },
    ]);
    return [service.typeName, Object.fromEntries(methods) as object] as const;
  });
  const seen = new Map<string, DescFile>();
  services.forEach((service) => withImports(service.file, seen));
  const files = [...seen.values()].map((file) => asBuffer(toBinary(FileDescriptorProtoSchema, file.proto)));
  return {
    ...Object.fromEntries(definitions),
    'guanxi.files': { format: 'Protocol Buffer 3 DescriptorProto', type: {}, fileDescriptorProtos: files },
  };
};
