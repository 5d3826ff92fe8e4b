import { z } from 'zod'

/** Parameter that limits the objects of an answer to some of their fields: names with commas between. */
export function fieldsOf<Shape extends z.core.$ZodLooseShape>({ shape }: z.ZodObject<Shape>) {
  const names = Object.keys(shape) as [Extract<keyof Shape, string>, ...Extract<keyof Shape, string>[]]
  return z
    .string()
    .max(1000)
    .transform((text) => text.split(',').filter((name) => name !== ''))
    .pipe(z.array(z.enum(names)).min(1))
    .optional()
    .describe('Returns only these fields, separated by commas.')
}

/** Copies the chosen fields of an object; all of them without a choice. */
export function chosen<T extends object>(entry: T, fields: readonly string[] | undefined): Partial<T> {
  if (!fields) return entry
  return Object.fromEntries(Object.entries(entry).filter(([name]) => fields.includes(name))) as Partial<T>
}
