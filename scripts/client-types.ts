/**
 * Writes the types of `@postkey/client` from docs/openapi.json: the routes that take an API key, and the objects in their
 * requests and responses. Usage: npm run client:types
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@hey-api/openapi-ts'

const CHECKOUT = join(import.meta.dirname, '..')
const NOTICE = '// Generated from docs/openapi.json by "npm run client:types".\n'
const JSON_TYPE = 'application/json'
/** Query parameters that take `next` of a page, the preferred one first. */
const CURSORS = ['cursor', 'before', 'after']

interface Operation {
  operationId: string
  security?: readonly Record<string, unknown>[]
  parameters?: readonly { name: string; in: string }[]
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}

interface Schema {
  $ref?: string
  type?: string
  properties?: Record<string, Schema>
}

interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

interface Route {
  method: string
  path: string
  operation: Operation
}

/** Writes `types.gen.ts` and `routes.ts` into the folder. The same description gives the same text. */
export async function writeClientTypes(folder: string): Promise<void> {
  const source = JSON.parse(readFileSync(join(CHECKOUT, 'docs/openapi.json'), 'utf8')) as Document
  const reduced = reduceDocument(source)
  mkdirSync(folder, { recursive: true })
  await createClient({
    input: reduced as unknown as Record<string, unknown>,
    output: { path: folder, clean: true, entryFile: false },
    plugins: ['@hey-api/typescript'],
    logs: { level: 'silent' },
  })
  writeFileSync(join(folder, 'routes.ts'), routesText(reduced))
}

/** Routes for API keys with their successful responses: all failures are a `Problem`. */
function reduceDocument(source: Document): Document {
  const paths: Document['paths'] = {}
  for (const { method, path, operation } of listRoutes(source)) {
    if (!operation.security?.some((one) => 'apiKey' in one)) continue
    const responses = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'))
    paths[path] = { ...paths[path], [method]: { ...operation, responses: Object.fromEntries(responses) } }
  }
  const named = new Set(['Problem', 'Event'])
  const addNames = (value: unknown): void => {
    for (const [, name] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (named.has(name!)) continue
      named.add(name!)
      addNames(source.components.schemas[name!])
    }
  }
  addNames([paths, ...[...named].map((name) => source.components.schemas[name])])
  const schemas = Object.entries(source.components.schemas).filter(([name]) => named.has(name))
  return { ...source, paths, components: { ...source.components, schemas: Object.fromEntries(schemas) } }
}

function listRoutes({ paths }: Document): Route[] {
  return Object.entries(paths).flatMap(([path, operations]) => {
    return Object.entries(operations).map(([method, operation]) => ({ method, path, operation }))
  })
}

function routesText(document: Document): string {
  const routes = listRoutes(document)
  const byMethod = Map.groupBy(routes, ({ method }) => method.toUpperCase())
  const rows = [...byMethod].map(([method, some]) => {
    return `  ${method}: {\n${some.map((route) => `    ${routeType(route)}\n`).join('')}  }\n`
  })
  return [
    NOTICE,
    "import type * as Types from './types.gen.ts'\n",
    '/** Routes that take an API key, by method and path. */',
    `export interface Routes {\n${rows.join('')}}\n`,
    '/** Routes with a response other than JSON, which callers get as a `Response`. */',
    `export const RAW_ROUTES: ReadonlySet<string> = new Set([\n${namesOf(routes.filter(isRaw))}])\n`,
    '/** Routes that take an `Idempotency-Key`. */',
    `export const KEYED_ROUTES: ReadonlySet<string> = new Set([\n${namesOf(routes.filter(isKeyed))}])\n`,
    '/** Lists in pages: the field of the entries, and the parameter that takes `next`. */',
    `export const PAGED_ROUTES = {\n${routes.map((route) => pagedRow(document, route)).join('')}} as const\n`,
  ].join('\n')
}

function routeType(route: Route): string {
  const name = route.operation.operationId.replace(/^./, (letter) => letter.toUpperCase())
  const answer = isRaw(route) ? 'Response' : `Types.${name}Response`
  return `'${route.path}': { data: Types.${name}Data; answer: ${answer}${isKeyed(route) ? '; keyed: true' : ''} }`
}

function isRaw({ operation }: Route): boolean {
  return Object.values(operation.responses).some(({ content }) => {
    return content !== undefined && !(JSON_TYPE in content)
  })
}

function isKeyed({ operation }: Route): boolean {
  return operation.parameters?.some((one) => one.in === 'header' && one.name === 'idempotency-key') ?? false
}

function namesOf(routes: readonly Route[]): string {
  return routes.map(({ method, path }) => `  '${method.toUpperCase()} ${path}',\n`).join('')
}

function pagedRow({ components }: Document, { method, path, operation }: Route): string {
  const schema = operation.responses['200']?.content?.[JSON_TYPE]?.schema
  const { properties = {} } = components.schemas[schema?.$ref?.split('/').at(-1) ?? ''] ?? schema ?? {}
  if (method !== 'get' || !('next' in properties)) return ''
  const lists = Object.keys(properties).filter((name) => properties[name]!.type === 'array')
  const cursor = CURSORS.find((name) => operation.parameters?.some((one) => one.in === 'query' && one.name === name))
  if (lists.length !== 1 || !cursor) throw new Error(`GET ${path} has "next", and not one list and one cursor.`)
  return `  '${path}': { items: '${lists[0]!}', cursor: '${cursor}' },\n`
}

if (import.meta.main) await writeClientTypes(join(CHECKOUT, 'client/src/generated'))
