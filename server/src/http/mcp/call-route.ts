import type { FastifyReply, FastifyRequest } from 'fastify'
import { validatorCompiler, type ZodFastifySchemaValidationError } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import type { EmailAccounts } from '../../email-accounts/index.ts'
import { replaceAccountKeys } from '../account-keys.ts'
import type { ProgramCaller } from '../caller.ts'
import { toFaults, type Fault } from '../faults.ts'
import { splitRoute } from '../mount-route.ts'
import { permitFresh, permitReach, permitRole, permitWhose, withReach, type KnownCaller } from '../permit.ts'
import type { Route } from '../route.ts'
import { toWire } from '../wire.ts'

/** Input of a route as a request has it: texts in the query. */
export interface CallInput {
  params?: Record<string, string>
  query?: Record<string, string | undefined>
  headers?: Record<string, string>
  body?: Record<string, unknown>
}

/** Calls a route; `schema` is that of its answer. */
export type CallRoute = <Answer extends z.ZodType>(
  route: Route,
  schema: Answer,
  input?: CallInput,
) => Promise<z.output<Answer>>

/** Fields that a schema refuses. */
export class InvalidFields extends Error {
  override readonly name = 'InvalidFields'
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    super(faults.map(({ field, expected }) => `${field}: ${expected}`).join('; '))
    this.faults = faults
  }
}

interface Calling {
  caller: ProgramCaller
  request: FastifyRequest
  reply: FastifyReply
  emailAccounts: Pick<EmailAccounts, 'idsOfKeys'>
}

/**
 * Returns a function that runs the definition of a route for a key that this request has authenticated and counted. The
 * steps and their functions are those of `mountRoute`: role and scope, account keys, schemas, mailbox, action, answer.
 */
export function createCalls({ caller, request, reply, emailAccounts }: Calling): CallRoute {
  return async (route, schema, { params = {}, query = {}, headers = {}, body } = {}) => {
    permitRole(route, caller)
    permitReach(route, caller)
    const raw = { params: { ...params }, query: withoutUndefined(query), headers, body: body && withoutUndefined(body) }
    await replaceAccountKeys(raw, splitRoute(route)[1], emailAccounts)
    const { validate } = route
    const input = {
      params: parse(validate.params, raw.params, 'params'),
      query: parse(validate.query, raw.query, 'query'),
      headers: parse(validate.headers, raw.headers, 'headers'),
      body: parse(validate.body, raw.body, 'body'),
    } as Parameters<NonNullable<Route['whose']>>[0]
    const reaching = withReach(route, caller) as KnownCaller
    await permitWhose(route.whose, reaching, input)
    permitFresh(route.needsFreshFor, reaching, input)
    const result = await route.act({ ...input, caller: reaching, request, reply })
    return schema.parse(toWire(result))
  }
}

/** True if the key may call the route for a mailbox that it sees. */
export function mayCall(route: Route, caller: ProgramCaller): boolean {
  try {
    permitRole(route, caller)
    permitReach(route, caller)
    return true
  } catch {
    return false
  }
}

/** As the compiler returns it; Fastify's type allows results of other libraries. */
type Validate = (value: unknown) => { value?: unknown; error?: ZodFastifySchemaValidationError[] }

/** @throws InvalidFields with the names of the fields below `part` */
export function parse<Schema extends z.ZodType | undefined>(schema: Schema, value: unknown, part: string): unknown {
  if (!schema) return undefined
  const validate = validatorCompiler({ schema, method: 'POST', url: '/mcp' }) as Validate
  const parsed = validate(value)
  if (parsed.error) throw new InvalidFields(toFaults(parsed.error, part))
  return parsed.value
}

function withoutUndefined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
