import { STATUS_CODES } from 'node:http'
import { TAG_GROUPS, tagOf } from './api-tags.ts'
import { cursorOf } from './next-link.ts'
import { isForKeys } from './permit.ts'
import { PROBLEM_TYPE } from './problem.ts'
import type { Route } from './route.ts'

/** The parts of an OpenAPI document that are completed here. */
interface Described {
  paths?: Record<string, Record<string, Operation>>
  tags?: unknown
  components?: Record<string, unknown>
}

interface Operation {
  description?: string
  summary?: string
  tags?: string[]
  responses?: Record<string, { description?: string; $ref?: string; headers?: object }>
}

/** Problems that a route can answer with, by their status and the name of the response in `components`. */
const PROBLEMS = {
  400: {
    name: 'InvalidRequest',
    description: 'A field is invalid: `faults` names it, the expected value and the fix.',
  },
  401: { name: 'NotSignedIn', description: 'No API key and no session, or one that has ended.' },
  403: { name: 'NotPermitted', description: 'The caller may not do this: `code` and `fix` say why, and who may.' },
  404: { name: 'NotFound', description: 'No such object, or one that the caller can’t see.' },
  429: { name: 'TooManyRequests', description: 'Repeat the request after `Retry-After` (seconds).' },
} as const

/**
 * Completes the description of the API with what the definitions of the routes say: who may call each, what else it
 * answers, and the resources in groups (`x-tagGroups`, which Redocly and Scalar show).
 */
export function describeRoutes<T extends object>(document: T, routes: readonly Route[]): T {
  const { paths = {}, components } = document as Described
  const used = new Set<string>()
  for (const route of routes) {
    const [method, url] = route.at.split(' ') as [string, string]
    const operation = paths[url.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
    if (!operation) continue
    operation.description = [route.summary, callersOf(route)].join('\n\n')
    operation.summary = firstSentence(route.summary)
    operation.tags = [tagOf(url)]
    used.add(tagOf(url))
    operation.responses = responsesOf(route, operation.responses ?? {})
  }
  const groups = TAG_GROUPS.map(({ name, tags }) => ({ name, tags: tags.filter((tag) => used.has(tag.name)) }))
  return {
    ...document,
    tags: groups.flatMap(({ tags }) => tags),
    'x-tagGroups': groups.map(({ name, tags }) => ({ name, tags: tags.map((tag) => tag.name) })),
    components: { ...components, responses: problemResponses() },
  }
}

/** `Returns a page. With `before`, …` → `Returns a page.`, for lists of routes. */
function firstSentence(summary: string): string {
  return /^.*?\.(?= )/.exec(summary)?.[0] ?? summary
}

function responsesOf(route: Route, own: NonNullable<Operation['responses']>) {
  const headers = headersOf(route)
  const named = Object.entries(own).map(([status, response]) => {
    const described = { ...response, ...(headers && status === String(route.present.status) && { headers }) }
    if (response.description !== 'Default Response') return [status, described]
    return [status, { ...described, description: STATUS_CODES[status] ?? response.description }]
  })
  const refused = statusesOf(route)
    .filter((status) => !(status in own))
    .map((status) => [String(status), { $ref: `#/components/responses/${PROBLEMS[status].name}` }])
  const unchanged = route.hasETag ? [['304', { description: 'The client has this answer.' }]] : []
  const fallback = ['default', { $ref: '#/components/responses/Failed' }]
  return Object.fromEntries([
    ...named.filter(([status]) => status !== 'default'),
    ...unchanged,
    ...refused,
    fallback,
  ]) as NonNullable<Operation['responses']>
}

/** Headers of a successful answer that programs use. */
function headersOf(route: Route): object | undefined {
  const named = (name: string, description: string) => ({ [name]: { description, schema: { type: 'string' } } })
  if (route.hasETag) return named('ETag', 'Send it as `If-None-Match` to get 304 while the answer is the same.')
  if (cursorOf(route)) return named('Link', 'The next page, with `rel="next"` (RFC 8288). Absent on the last one.')
  if (route.present.status !== 201) return undefined
  return named('Location', 'Address of the created object, if it has one.')
}

function statusesOf(route: Route): (keyof typeof PROBLEMS)[] {
  const { permit, validate, at, whose } = route
  const isPublic = permit.who === 'anyone'
  const isValidated = validate.params ?? validate.query ?? validate.headers ?? validate.body
  return [
    ...(isValidated ? ([400] as const) : []),
    ...(isPublic ? [] : ([401, 403] as const)),
    ...(at.includes(':') || whose ? ([404] as const) : []),
    429,
  ]
}

function problemResponses() {
  const content = { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } }
  const retryAfter = { 'Retry-After': { description: 'Seconds until the next try.', schema: { type: 'integer' } } }
  const named = Object.entries(PROBLEMS).map(([status, { name, description }]) => [
    name,
    { description, ...(status === '429' && { headers: retryAfter }), content },
  ])
  return { ...Object.fromEntries(named), Failed: { description: 'Another problem (RFC 9457).', content } } as object
}

function callersOf(route: Route): string {
  const { permit } = route
  if (permit.who === 'anyone') return 'Public: needs neither a session nor an API key.'
  if (permit.who === 'keys') return 'For API keys, whatever their scopes.'
  const roles = { people: 'everyone with a session', members: 'admins, supervisors and agents', admins: 'admins' }
  const people = `${roles[permit.who]}${permit.auditors ? ', and auditors' : ''}`
  const isFresh = permit.needsFresh === true || route.needsFreshFor !== undefined
  const fresh = isFresh ? ', within ten minutes of proving their identity' : ''
  if (isForKeys(route)) return `For ${people}${fresh}, and for API keys with the scope \`${permit.scope}\`.`
  return `For ${people}, in person${fresh}: API keys get \`http.person_required\`.`
}
