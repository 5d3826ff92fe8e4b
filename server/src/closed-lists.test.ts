import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { ALERT_KINDS } from './alerts/index.ts'
import { AUDIT_ACTIONS, type AuditRecord } from './audit/index.ts'
import { EVENT_KINDS, type NewEvent } from './events/index.ts'

const SRC = import.meta.dirname
const files = globSync('**/*.ts', { cwd: SRC })
  .filter((file) => !/\.test\.ts$|(event-kinds|audit\/actions)\.ts$/.test(file))
  .map((file) => readFileSync(join(SRC, file), 'utf8'))

/** `thing.happened`: the last word is a past participle, optionally followed by a particle. */
const GRAMMAR = /^[a-z]+(_[a-z]+)*\.([a-z]+_)*([a-z]+ed|sent|seen|left|lost|split|reset|forbidden)(_over)?$/
/** A plural before the dot. */
const PLURAL = /(?<!s)s\./

describe('kinds of events, actions of the audit list and kinds of alerts', () => {
  it.each([...EVENT_KINDS, ...AUDIT_ACTIONS, ...ALERT_KINDS])('follow the pattern `thing.happened`: %s', (name) => {
    expect(name).toMatch(GRAMMAR)
    expect(name).not.toMatch(PLURAL)
  })

  it.each(['message.gone', 'conversations.split', 'conversation.merge', 'submission.handed-over', 'keys.rotated'])(
    'are not accepted as %s',
    (name) => {
      expect(GRAMMAR.test(name) && !PLURAL.test(name)).toBe(false)
    },
  )

  it.each(EVENT_KINDS)('have code that records them: event %s', (kind) => {
    expect(isNamedIn(kind, /\bappend(All|From)?\(|\btell(Accounts)?\(|EventsOfRows/)).toBe(true)
  })

  it.each(AUDIT_ACTIONS)('have code that records them: action %s', (action) => {
    expect(isNamedIn(action, /audit\.record\(|\bchange\(/)).toBe(true)
  })
})

/** Returns true if a file that matches `recording` contains the name. */
function isNamedIn(name: string, recording: RegExp): boolean {
  return files.some((text) => text.includes(`'${name}'`) && recording.test(text))
}

describe('the types of both lists', () => {
  const at = new Date(0)

  it('refuse an unknown kind, a wrong payload, and the payload of another kind', () => {
    expectTypeOf<{ kind: 'message.removed'; subjectId: string; payload: { conversationId: string }; at: Date }>()
      // A complete event is accepted.
      .toExtend<NewEvent>()
    const events: NewEvent[] = [
      // @ts-expect-error: the list has no such kind
      { kind: 'message.vanished', subjectId: 'm', payload: { conversationId: 'c' }, at },
      // @ts-expect-error: a field is missing
      { kind: 'message.removed', subjectId: 'm', payload: {}, at },
      // @ts-expect-error: the payload of another kind
      { kind: 'message.removed', subjectId: 'm', payload: { from: 'a', to: 'b', reason: null }, at },
    ]
    expect(events).toHaveLength(3)
  })

  it('refuse an unknown action and a wrong detail', () => {
    expectTypeOf<{ actor: string; action: 'work_order.revoked'; subject: string }>().toExtend<AuditRecord>()
    const records: AuditRecord[] = [
      // @ts-expect-error: the list has no such action
      { actor: 'cli', action: 'work_order.vanished', subject: 'w' },
      // @ts-expect-error: the detail is missing
      { actor: 'cli', action: 'work_order.created', subject: 'w' },
      // @ts-expect-error: this action has no detail
      { actor: 'cli', action: 'work_order.revoked', subject: 'w', detail: { cloud: 'global' } },
    ]
    expect(records).toHaveLength(3)
  })
})
