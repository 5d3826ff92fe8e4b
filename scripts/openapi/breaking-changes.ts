/** Breaking changes between two OpenAPI documents: what makes a program fail that was written for the first. */

export interface ApiDocument {
  paths: Record<string, Record<string, ApiOperation>>
  components: { schemas: Record<string, ApiSchema> }
}

interface ApiOperation {
  security?: readonly Record<string, unknown>[]
  parameters?: readonly ApiParameter[]
  requestBody?: { required?: boolean; content: Record<string, { schema?: ApiSchema }> }
  responses: Record<string, { content?: Record<string, { schema?: ApiSchema }> }>
}

interface ApiParameter {
  name: string
  in: string
  required?: boolean
  schema?: ApiSchema
}

export interface ApiSchema {
  $ref?: string
  type?: string | readonly string[]
  properties?: Record<string, ApiSchema>
  required?: readonly string[]
  items?: ApiSchema
  additionalProperties?: boolean | ApiSchema
  enum?: readonly unknown[]
  anyOf?: readonly ApiSchema[]
  oneOf?: readonly ApiSchema[]
  allOf?: readonly ApiSchema[]
  const?: unknown
  [limit: string]: unknown
}

/** Requests must still be accepted, responses must still be understood. */
type Direction = 'request' | 'response'

const HIGHEST = ['maximum', 'maxLength', 'maxItems']
const LOWEST = ['minimum', 'minLength', 'minItems']

/** Returns one line per breaking change, sorted: the route, the place, and the change. */
export function breakingChanges(before: ApiDocument, after: ApiDocument): string[] {
  const changes = new Set<string>()
  const compare = createComparison(before, after, (line) => changes.add(line))
  for (const [path, operations] of Object.entries(before.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const route = `${method.toUpperCase()} ${path}`
      const now = after.paths[path]?.[method]
      if (now) compare(route, operation, now)
      else changes.add(`${route}: removed`)
    }
  }
  return [...changes].sort()
}

function createComparison(before: ApiDocument, after: ApiDocument, report: (line: string) => void) {
  const takesKeys = ({ security = [] }: ApiOperation) => security.some((one) => 'apiKey' in one)

  return (route: string, old: ApiOperation, now: ApiOperation) => {
    if (takesKeys(old) && !takesKeys(now)) report(`${route}: takes no API keys any more`)
    compareParameters(route, old.parameters ?? [], now.parameters ?? [])
    compareBodies(route, old, now)
    for (const [status, { content = {} }] of Object.entries(old.responses)) {
      if (!status.startsWith('2')) continue
      const answer = now.responses[status]
      if (!answer) report(`${route}: the status ${status} was removed`)
      else compareContents(`${route}: response`, 'response', content, answer.content ?? {})
    }
  }

  function compareParameters(route: string, old: readonly ApiParameter[], now: readonly ApiParameter[]): void {
    const nameOf = (one: ApiParameter) => `${one.in} ${one.name}`
    for (const parameter of old) {
      const same = now.find((one) => nameOf(one) === nameOf(parameter))
      const place = `${route}: ${nameOf(parameter)}`
      if (!same) report(`${place} was removed`)
      else compareSchemas(place, 'request', parameter.schema ?? {}, same.schema ?? {}, [])
      if (same?.required && !parameter.required) report(`${place} became required`)
    }
    for (const parameter of now) {
      const isNew = !old.some((one) => nameOf(one) === nameOf(parameter))
      if (isNew && parameter.required) report(`${route}: ${nameOf(parameter)} is new and required`)
    }
  }

  function compareBodies(route: string, old: ApiOperation, now: ApiOperation): void {
    if (now.requestBody?.required && !old.requestBody?.required) report(`${route}: a body became required`)
    if (!old.requestBody) return
    compareContents(`${route}: body`, 'request', old.requestBody.content, now.requestBody?.content ?? {})
  }

  type Contents = Record<string, { schema?: ApiSchema }>

  function compareContents(place: string, direction: Direction, old: Contents, now: Contents): void {
    for (const [type, { schema = {} }] of Object.entries(old)) {
      const same = now[type]
      if (!same) report(`${place} is no longer ${type}`)
      else compareSchemas(place, direction, schema, same.schema ?? {}, [])
    }
  }

  function compareSchemas(
    place: string,
    direction: Direction,
    oldSchema: ApiSchema,
    nowSchema: ApiSchema,
    inside: readonly string[],
  ): void {
    // A schema that contains itself has been compared already.
    const pair = `${oldSchema.$ref ?? ''} ${nowSchema.$ref ?? ''}`
    if (oldSchema.$ref && inside.includes(pair)) return
    const deeper = oldSchema.$ref ? [...inside, pair] : inside
    const [olds, nows] = [variantsOf(before, oldSchema), variantsOf(after, nowSchema)]
    const [oldTypes, nowTypes] = [typesOf(olds), typesOf(nows)]
    const [given, taken] = direction === 'request' ? [oldTypes, nowTypes] : [nowTypes, oldTypes]
    if (given.some((type) => !isAmong(type, taken))) {
      report(`${place}: ${oldTypes.join(' or ')} became ${nowTypes.join(' or ')}`)
      return
    }
    for (const [key, old] of olds) {
      const now = nows.get(key)
      if (now) compareVariants(place, direction, old, now, deeper)
      else if (olds.size > 1) report(`${place}: the variant ${key} was removed`)
      else for (const one of nows.values()) compareVariants(place, direction, old, one, deeper)
    }
  }

  function compareVariants(
    place: string,
    direction: Direction,
    old: ApiSchema,
    now: ApiSchema,
    inside: readonly string[],
  ): void {
    if (direction === 'request') compareLimits(place, old, now)
    if (old.items && now.items) compareSchemas(`${place}[]`, direction, old.items, now.items, inside)
    const [oldValues, nowValues] = [old.additionalProperties, now.additionalProperties]
    if (typeof oldValues === 'object' && typeof nowValues === 'object') {
      compareSchemas(`${place}.*`, direction, oldValues, nowValues, inside)
    }
    const isRequired = (schema: ApiSchema, name: string) => schema.required?.includes(name) ?? false
    for (const [name, schema] of Object.entries(old.properties ?? {})) {
      const same = now.properties?.[name]
      if (!same) {
        report(`${place}.${name} was removed`)
        continue
      }
      compareSchemas(`${place}.${name}`, direction, schema, same, inside)
      const [was, is] = [isRequired(old, name), isRequired(now, name)]
      if (direction === 'request' && is && !was) report(`${place}.${name} became required`)
      if (direction === 'response' && was && !is) report(`${place}.${name} became optional`)
    }
    if (direction === 'response') return
    for (const name of now.required ?? []) {
      if (!(name in (old.properties ?? {}))) report(`${place}.${name} is new and required`)
    }
  }

  function compareLimits(place: string, old: ApiSchema, now: ApiSchema): void {
    const [oldValues, nowValues] = [valuesOf(old), valuesOf(now)]
    const gone = oldValues?.filter((value) => nowValues && !nowValues.includes(value)) ?? []
    for (const value of gone) report(`${place}: the value ${JSON.stringify(value)} was removed`)
    if (nowValues && !oldValues) report(`${place}: only some values are accepted`)
    for (const limit of [...HIGHEST, ...LOWEST]) {
      const [was, is] = [old[limit], now[limit]] as [number | undefined, number | undefined]
      if (is === undefined) continue
      const isNarrower = was === undefined || (HIGHEST.includes(limit) ? is < was : is > was)
      if (isNarrower) report(`${place}: ${limit} ${was ?? 'none'} became ${is}`)
    }
  }
}

/** Alternatives of a schema without references, by a name that stays the same between versions. */
function variantsOf(document: ApiDocument, schema: ApiSchema): Map<string, ApiSchema> {
  const { $ref, type, allOf } = schema
  if ($ref) return variantsOf(document, document.components.schemas[$ref.split('/').at(-1)!]!)
  if (allOf) {
    const parts = allOf.flatMap((one) => [...variantsOf(document, one).values()])
    const required = parts.flatMap((one) => one.required ?? [])
    const properties = Object.assign({}, ...parts.map((one) => one.properties)) as Record<string, ApiSchema>
    const merged = Object.assign({}, ...parts) as ApiSchema
    return variantsOf(document, { ...merged, properties, required })
  }
  const types = typeof type === 'object' ? type.map((one) => ({ ...schema, type: one })) : undefined
  const alternatives = schema.anyOf ?? schema.oneOf ?? types
  if (!alternatives) return new Map([[nameOf(schema), schema]])
  const all = alternatives.flatMap((one) => [...variantsOf(document, one)])
  const counts = new Map<string, number>()
  return new Map(
    all.map(([name, one]) => {
      const count = (counts.get(name) ?? 0) + 1
      counts.set(name, count)
      return [count === 1 ? name : `${name} ${count}`, one]
    }),
  )
}

/** The type; of an object, with the only values of its properties: `object kind=message.received`. */
function nameOf(schema: ApiSchema): string {
  const only = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const values = valuesOf(property)
    return values?.length === 1 ? [`${name}=${String(values[0])}`] : []
  })
  return [typeOf(schema), ...only.sort()].join(' ')
}

function valuesOf({ enum: values, const: value }: ApiSchema): readonly unknown[] | undefined {
  return value === undefined ? values : [value]
}

function typesOf(variants: ReadonlyMap<string, ApiSchema>): string[] {
  return [...new Set([...variants.values()].map(typeOf))].sort()
}

function typeOf({ type = 'any' }: ApiSchema): string {
  return String(type)
}

function isAmong(type: string, types: readonly string[]): boolean {
  return types.includes(type) || types.includes('any') || (type === 'integer' && types.includes('number'))
}
