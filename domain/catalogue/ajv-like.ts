/**
 * What validation needs of Ajv 8 (draft 2020-12). domain imports no package: the core and the platform
 * each hand in a fresh `new Ajv2020({ allErrors: true })`.
 */
export interface AjvLike {
  readonly opts: { readonly allErrors?: boolean | undefined };
  addKeyword(definition: AjvKeyword): unknown;
  addFormat(name: string, isValid: (text: string) => boolean): unknown;
  compile(schema: Record<string, unknown>): AjvCheck;
}

/** A keyword of ours: strings in, yes or no out. */
export interface AjvKeyword {
  readonly keyword: string;
  readonly type: 'string' | 'object';
  readonly schemaType: 'string' | 'number';
  validate(
    bound: string | number,
    value: unknown,
    schema?: unknown,
    context?: { readonly rootData: unknown },
  ): boolean;
}

/** A compiled schema. */
export interface AjvCheck {
  (data: unknown): unknown;
  errors?: readonly AjvProblem[] | null | undefined;
}

/** One error as Ajv tells it. */
export interface AjvProblem {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
}
