import { z } from 'zod';
import type { Problem } from '../../domain/wire/platform.ts';
import { type Content, type Operation, OPERATIONS, SHAPES } from './operations.ts';
import { PROBLEMS } from './wire.ts';

type Json = Readonly<Record<string, unknown>>;

const refTo = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

function schemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SHAPES)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, {
    target: 'draft-2020-12',
    uri: (id) => `#/components/schemas/${id}`,
  });
  return Object.fromEntries(
    Object.entries(made.schemas).map(([name, schema]) => {
      const plain: Record<string, unknown> = { ...schema };
      delete plain['$schema'];
      delete plain['$id'];
      return [name, plain];
    }),
  );
}

function contentOf(content: Content): Json {
  if ('nothing' in content) return {};
  if ('shape' in content) return { 'application/json': { schema: refTo(content.shape) } };
  return { [content.media]: { schema: { type: 'string', description: content.text } } };
}

function describe(content: Content): string {
  if ('nothing' in content) return content.nothing;
  return 'shape' in content ? content.shape : content.text;
}

function problemResponses(codes: readonly Problem['code'][]): Json {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, those]) => [
      String(status),
      {
        description: those.map((code) => `\`${code}\`: ${PROBLEMS[code].advice}`).join(' '),
        content: { 'application/problem+json': { schema: refTo('Problem') } },
      },
    ]),
  );
}

function responsesOf(operation: Operation): Json {
  const { status, response, responseHeaders, alsoStatus = {}, problems } = operation;
  const headers = Object.entries(responseHeaders ?? {}).map(([name, text]) => [
    name,
    { schema: { type: 'string' }, description: text },
  ]);
  return {
    [status]: {
      description: describe(response),
      ...(headers.length > 0 ? { headers: Object.fromEntries(headers) as Json } : {}),
      ...('nothing' in response ? {} : { content: contentOf(response) }),
    },
    ...Object.fromEntries(
      Object.entries(alsoStatus).map(([other, text]) => [other, { description: text }]),
    ),
    ...problemResponses(problems),
  };
}

function operationObject(operation: Operation): Json {
  const { id, group, auth, summary, parameters = [], request } = operation;
  return {
    operationId: id,
    tags: [group],
    summary: summary.split(/(?<=[.:]) /)[0],
    description: summary,
    security: auth === 'none' ? [] : [{ [auth]: [] }],
    ...(parameters.length === 0
      ? {}
      : {
          parameters: parameters.map(({ text, pattern, ...where }) => ({
            ...where,
            description: text,
            schema: { type: 'string', ...(pattern === undefined ? {} : { pattern }) },
          })),
        }),
    ...(request === undefined
      ? {}
      : { requestBody: { required: true, content: contentOf(request) } }),
    responses: responsesOf(operation),
  };
}

/** The contract as an OpenAPI 3.1 document. */
export function openApiDocument(): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    (paths[operation.path] ??= {})[operation.method] = operationObject(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Bianmin platform contract 便民平台接口',
      version: '1.0.0',
      description:
        'What a self-service terminal and the platform say to each other. How it all goes together: docs/platform-contract.md.',
    },
    tags: [
      { name: 'terminal', description: 'Asked by terminals' },
      { name: 'public', description: 'Asked by anyone' },
      { name: 'admin', description: 'Asked by whoever runs the platform' },
    ],
    paths,
    components: {
      schemas: schemas(),
      securitySchemes: {
        terminal: { type: 'http', scheme: 'bearer', description: 'From POST /v1/tokens' },
        admin: { type: 'http', scheme: 'bearer', description: 'Text of the file `admin-token`' },
      },
    },
  };
}
