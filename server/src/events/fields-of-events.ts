import { z } from 'zod'

/** A field of the data of events, with a value for examples. */
export interface EventField<Schema extends z.ZodType = z.ZodType> {
  schema: Schema
  example: z.output<Schema> | undefined
}

/** A kind of event: its meaning, the schema of its data, and an example. */
export interface KindDefinition<Schema extends z.ZodType = z.ZodType> {
  meaning: string
  data: Schema
  example: Record<string, unknown>
}

type Shape<Fields extends Record<string, EventField>> = { [Name in keyof Fields]: Fields[Name]['schema'] }

/** Defines a kind. `example` replaces values of the fields in its example. */
export function kind<Fields extends Record<string, EventField>>(
  meaning: string,
  fields: Fields,
  example: { [Name in keyof Fields]?: z.output<Fields[Name]['schema']> } = {},
): KindDefinition<z.ZodObject<Shape<Fields>>> {
  const entries = Object.entries(fields)
  const shape = Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])) as Shape<Fields>
  const values = Object.fromEntries(entries.map(([name, field]) => [name, field.example]))
  return { meaning, data: z.object(shape), example: { ...values, ...example } }
}

export function field<Schema extends z.ZodType>(schema: Schema, example?: z.output<Schema>): EventField<Schema> {
  return { schema, example }
}

const TEXT = z.string()
const PERSON = 'person:0197b2a4-6c1e-7d60-9f3a-52c84d1be704'

/** An actor such as `person:<id>` or `postkey`, or the id of a person. */
export const by = field(TEXT, PERSON)
export const conversationId = field(TEXT, '0197b2a4-1f0b-7c53-8d1e-6a90c2f7b318')
export const otherConversation = field(TEXT, '0197b2a4-2d77-7e05-b0c6-91d5e83fa46c')
export const otherId = field(TEXT, '0197b2a4-3e90-7a1c-8b42-0cd9f16e57a3')
export const count = (example: number) => field(z.number().int(), example)
export const text = (example: string) => field(TEXT, example)
export const maybeText = (example?: string) => field(TEXT.optional(), example)
export const textOrNull = (example: string | null) => field(TEXT.nullable(), example)
export const flag = field(z.boolean(), true)
export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  field(z.enum(values), values[0] as z.output<z.ZodEnum<{ [Value in Values[number]]: Value }>>)

/** `reason` is the code of an error. */
export const stateChange = { from: text('connecting'), to: text('connected'), reason: textOrNull(null) }
