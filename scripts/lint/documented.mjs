/** ESLint rule: every exported symbol of a lib carries a docstring. Overloads and re-exports need none of their own. */
export const documented = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { missing: '`{{name}}` is exported by a lib and needs a docstring: one sentence, then shapes, units, errors.' },
  },
  create: (context) => ({
    ExportNamedDeclaration(node) {
      const declared = node.declaration;
      if (!declared) return;
      const names = declared.declarations?.map(({ id }) => id.name) ?? [declared.id?.name];
      const first = node.parent.body.find((it) => it.declaration?.id?.name === names[0] && names[0] !== undefined);
      if (first && first !== node) return;
      const decorated = declared.decorators?.[0] ?? node;
      const before = [...context.sourceCode.getCommentsBefore(decorated), ...context.sourceCode.getCommentsBefore(node)];
      if (!before.some(({ type, value }) => type === 'Block' && value.startsWith('*')))
        context.report({ node, messageId: 'missing', data: { name: names.join(', ') } });
    },
  }),
};
