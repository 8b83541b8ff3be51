import { AST_NODE_TYPES, ESLintUtils, type TSESLint } from '@typescript-eslint/utils';
import type { Type } from 'typescript';

function isResult(type: Type): boolean {
  const members = type.isUnion() ? type.types : [];
  return (
    members.length > 1 &&
    members.every((member) => member.getProperty('ok') !== undefined) &&
    members.some((member) => member.getProperty('error') !== undefined)
  );
}

/** A Result that nobody looks at hides a failure: an expression statement may not be one. */
export const noFloatingResult: TSESLint.RuleModule<'floating'> =
  ESLintUtils.RuleCreator.withoutDocs({
    meta: {
      type: 'problem',
      schema: [],
      messages: { floating: 'This Result is dropped: look at it, or hand it on.' },
    },
    create(context) {
      const services = ESLintUtils.getParserServices(context);
      return {
        ExpressionStatement(node) {
          const expression = node.expression;
          if (
            expression.type !== AST_NODE_TYPES.CallExpression &&
            expression.type !== AST_NODE_TYPES.AwaitExpression
          )
            return;
          if (isResult(services.getTypeAtLocation(expression))) {
            context.report({ node, messageId: 'floating' });
          }
        },
      };
    },
  });
