#!/usr/bin/env node
import { createEcmaScriptPlugin, getComments, runNodeJs, type GeneratedFile, type Printable, type Schema } from '@bufbuild/protoplugin';
import type { DescEnum, DescField, DescFile, DescMessage, DescMethod, DescService } from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { isCaseMap, nameOf, sureness, textUnion, typeOf } from './plain-types.ts';

/** The proto's comment as a docstring; an end of comment inside would otherwise end it early. */
const docs = (f: GeneratedFile, desc: DescMessage | DescField | DescEnum | DescService | DescMethod, indent = ''): void => {
  const { leading, trailing } = getComments(desc);
  const lines = [leading, trailing]
    .filter(Boolean)
    .join('\n')
    .replaceAll('*/', '*\\/')
    .trim()
    .split('\n')
    .map((line) => line.trim());
  if (lines.length === 1 && lines[0]) f.print(indent, '/** ', lines[0], ' */');
  else if (lines.length > 1) f.print(f.jsDoc(lines.join('\n'), indent));
};

const property = (field: DescField): string => (/^[A-Za-z_$][\w$]*$/.test(field.jsonName) ? field.jsonName : JSON.stringify(field.jsonName));

const printMessage = (f: GeneratedFile, message: DescMessage, isSure: (field: DescField) => boolean): void => {
  const name = nameOf(message);
  const cases = isCaseMap(message);
  docs(f, message);
  if (message.fields.length === 0) f.print(f.export('type', name), ' = Record<string, never>;');
  else {
    f.print(f.export('interface', name), ' {');
    for (const field of message.fields) {
      docs(f, field, '  ');
      const sure = cases || isSure(field);
      f.print('  ', property(field), sure ? ': ' : '?: ', ...typeOf(f, field), sure ? ';' : ' | undefined;');
    }
    f.print('}');
  }
  printConstant(f, name, f.importSchema(message), 'DescMessage');
};

/** One name for the type and for the descriptor. */
const printConstant = (f: GeneratedFile, name: string, descriptor: Printable, kind: string): void => {
  const of = f.import('Of', './of.js', true);
  f.print(f.export('const', name), ' = ', descriptor, ' as unknown as ', of, '<', name, ', ', f.import(kind, '@bufbuild/protobuf', true), '>;');
  f.print();
};

const printEnum = (f: GeneratedFile, desc: DescEnum): void => {
  docs(f, desc);
  f.print(f.export('type', nameOf(desc)), ' = ', textUnion(desc), ';');
  f.print();
};

const printService = (f: GeneratedFile, service: DescService): void => {
  docs(f, service);
  f.print(f.export('interface', service.name), ' {');
  for (const method of service.methods) {
    docs(f, method, '  ');
    f.print('  ', method.localName, ': ', ...typeOf(f, method.input), ';');
  }
  f.print('}');
  printConstant(f, service.name, f.importSchema(service), 'DescService');
};

const printFile = (schema: Schema, file: DescFile): void => {
  const f = schema.generateFile(`${file.name}.ts`);
  f.print(`// From proto/${file.name}.proto by libs/contracts/plugin. What deciders, views and rows see: plain proto3 JSON.`);
  f.print();
  const isSure = sureness(schema.allFiles);
  for (const type of nestedTypes(file)) {
    if (type.kind === 'enum') printEnum(f, type);
    else if (type.kind === 'message') printMessage(f, type, isSure);
    else if (type.kind === 'service') printService(f, type);
  }
};

/** Every contract file of ours, for the registry in services.ts. */
const printList = (schema: Schema, files: readonly DescFile[]): void => {
  const f = schema.generateFile('guanxi/files.ts');
  f.print('/** The descriptors of all files under proto/guanxi. */');
  f.print(f.export('const', 'files'), ': readonly ', f.import('DescFile', '@bufbuild/protobuf', true), '[] = [');
  for (const file of files) f.print('  ', f.importSchema(file), ',');
  f.print('];');
};

runNodeJs(
  createEcmaScriptPlugin({
    name: 'protoc-gen-plain',
    version: 'v1',
    generateTs: (schema) => {
      const ours = schema.files.filter((file) => file.proto.package.startsWith('guanxi.'));
      for (const file of ours) printFile(schema, file);
      printList(schema, ours);
    },
  }),
);
