import type { z } from 'zod';

/**
 * Holds a schema to a type of the domain in both directions: it gives out nothing else, and every
 * value of the type fits it. The types of the domain stay the ones that are read; a schema that
 * drifts away does not compile.
 */
export function shapeOf<T>() {
  return <S extends z.ZodType<T>>(schema: S & ([T] extends [z.output<S>] ? unknown : never)): S =>
    schema;
}
