import type { Problem } from '../../domain/wire/platform.ts';
import type { ShapeName } from './operations.ts';

/** A parameter in path, query or header. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly pattern?: string;
  readonly text: string;
}

/** A body, by shape or by media type. */
export type Content =
  | { readonly shape: ShapeName }
  | { readonly media: string; readonly text: string }
  | { readonly nothing: string };

/** One thing that the platform can be asked. */
export interface Operation {
  readonly id: string;
  readonly method: 'get' | 'head' | 'post' | 'put' | 'patch';
  readonly path: string;
  readonly group: 'terminal' | 'public' | 'admin';
  readonly auth: 'none' | 'terminal' | 'admin';
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly request?: Content;
  readonly status: number;
  readonly response: Content;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly alsoStatus?: Readonly<Record<number, string>>;
  readonly problems: readonly Problem['code'][];
}
