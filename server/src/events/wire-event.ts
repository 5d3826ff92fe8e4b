import { z } from 'zod'
import { EVENTS, KINDS_FOR_ALL, type EventKind, type StoredEvent } from './event-kinds.ts'
import type { KindDefinition } from './fields-of-events.ts'
import { likeness } from './shared-windows.ts'

/** An event as API clients and webhooks get it. */
export interface WireEvent {
  id: number
  kind: EventKind
  time: string
  account?: string
  subject: string
  data: Readonly<Record<string, unknown>>
}

export function toWireEvent({ id, kind, at, emailAccountId, subjectId, payload }: StoredEvent): WireEvent {
  return {
    id,
    kind,
    time: at.toISOString(),
    ...(emailAccountId !== undefined && { account: emailAccountId }),
    subject: subjectId,
    data: withoutNulls(kind, payload),
  }
}

/** Statements that append an event of their rows store null for an absent field. */
function withoutNulls(kind: EventKind, payload: Record<string, unknown>): Record<string, unknown> {
  const { shape } = EVENTS[kind].data as z.ZodObject<Record<string, z.ZodType>>
  return Object.fromEntries(
    Object.entries(payload).filter(([name, value]) => value !== null || shape[name]?.safeParse(null).success === true),
  )
}

const EXAMPLE_TIME = '2026-03-01T09:00:00.000Z'
const isForAll = KINDS_FOR_ALL.map(likeness)

/** An example of each kind, for the description of the API and for tests of webhooks. */
export function exampleOf(kind: EventKind): WireEvent {
  const hasAccount =
    !isForAll.some((isLike) => isLike(kind)) &&
    !/^(erasure|alert|grant|cloud_provider|sign_in_link|account_batch)\.|^connect_session\.(failed|expired|canceled)$/.test(
      kind,
    )
  return {
    id: 4711,
    kind,
    time: EXAMPLE_TIME,
    ...(hasAccount && { account: '0197b2a4-0a11-7b3f-9c55-3f6e7d8a9b10' }),
    subject: '0197b2a4-4b2d-7f88-a6d1-7e3c95b0f21d',
    // Without absent fields.
    data: JSON.parse(JSON.stringify(EVENTS[kind].example)) as Record<string, unknown>,
  }
}

/**
 * Schema of one event: a union by `kind`.
 *
 * @param message  schema of `data.message` in events of messages, for those who ask for it
 */
export function eventSchema(message: z.ZodType) {
  const members = Object.entries<KindDefinition>(EVENTS).map(([kind, { meaning, data }]) => {
    const fields = data as z.ZodObject
    return z
      .object({
        id: z.int().describe('Increases; gaps have no meaning. The same in every delivery of the event.'),
        kind: z.literal(kind as EventKind),
        time: z.iso.datetime(),
        account: z.string().optional().describe('Id of the mailbox.'),
        subject: z.string().describe('Id of the object named before the dot.'),
        data: kind.startsWith('message.') ? fields.extend({ message: message.optional() }) : fields,
      })
      .meta({ id: nameOf(kind), description: meaning, examples: [exampleOf(kind as EventKind)] })
  })
  return z.discriminatedUnion('kind', members as [(typeof members)[number], ...typeof members]).meta({ id: 'Event' })
}

/** `message.flags_changed` → `MessageFlagsChangedEvent`. */
function nameOf(kind: string): string {
  const words = kind.split(/[._]/).map((word) => word[0]!.toUpperCase() + word.slice(1))
  return `${words.join('')}Event`
}
