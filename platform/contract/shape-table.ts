/** The part of JSON Schema that zod writes for the shapes of the contract. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly additionalProperties?: Schema | false;
}

function typeText(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.anyOf) return schema.anyOf.map(typeText).join(' or ');
  if (schema.type === 'array') return `list of ${schema.items ? typeText(schema.items) : 'any'}`;
  if (schema.type === 'object' && !schema.properties) return 'object by name';
  if (schema.format === 'date-time') return 'time';
  if (schema.pattern !== undefined) return `text \`${schema.pattern.replaceAll('|', '\\|')}\``;
  const least = schema.minimum !== undefined && schema.minimum > 0 ? ` from ${schema.minimum}` : '';
  const words: Readonly<Record<string, string>> = { string: 'text', boolean: 'yes or no' };
  return `${words[schema.type ?? ''] ?? schema.type ?? 'any'}${least}`;
}

function rowsOf(schema: Schema, prefix: string): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const isList = member.type === 'array';
    const optional = schema.required?.includes(name) === true ? '' : ' (may be absent)';
    const path = `${prefix}${name}`;
    const row = `| \`${path}\`${optional} | ${typeText(member)} | ${member.description ?? ''} |`;
    const inner = isList ? member.items : member;
    return [row, ...(inner?.properties ? rowsOf(inner, `${path}${isList ? '[]' : ''}.`) : [])];
  });
}

/** A shape as a Markdown table: one row a member, nested ones by their path. */
export function shapeTable(jsonSchema: object): string {
  const schema: Schema = jsonSchema;
  const rows = rowsOf(schema, '');
  if (rows.length === 0) return `${typeText(schema)}\n`;
  return `| member | what | meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
}
