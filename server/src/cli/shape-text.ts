import { toJSONSchema, type ZodType } from 'zod'

/** The part of JSON Schema that the shapes of the verbs use. */
interface Schema {
  type?: string
  const?: unknown
  enum?: readonly unknown[]
  anyOf?: readonly Schema[]
  items?: Schema
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
}

/** Type of JSON values in the notation of TypeScript, in one line. */
export function describeShape(shape: ZodType): string {
  return textOf(toJSONSchema(shape, { io: 'input' }) as Schema)
}

function textOf({ type, const: constant, enum: values, anyOf, items, properties, required = [] }: Schema): string {
  if (constant !== undefined) return JSON.stringify(constant)
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ')
  if (anyOf) return anyOf.map(textOf).join(' | ')
  if (items) return / \| /.test(textOf(items)) && !items.properties ? `(${textOf(items)})[]` : `${textOf(items)}[]`
  if (properties) {
    const fields = Object.entries(properties).map(
      ([name, schema]) => `${name}${required.includes(name) ? '' : '?'}: ${textOf(schema)}`,
    )
    return `{ ${fields.join(', ')} }`
  }
  return type === 'integer' ? 'number' : (type ?? 'unknown')
}
