import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { AuditEntry } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import { auditSentence } from './audit-sentence.ts'

/** Every action that the API lists. */
function listedActions(): string[] {
  const file = new URL('../../../../docs/openapi.json', import.meta.url)
  const { components } = JSON.parse(readFileSync(file, 'utf8')) as {
    components: { schemas: { AuditEntry: { properties: { action: { enum: string[] } } } } }
  }
  return components.schemas.AuditEntry.properties.action.enum
}

function entry(fields: Partial<AuditEntry>): AuditEntry {
  const usual = { id: 1, actor: 'person:p1', actorName: 'Olga', subject: 'e1' }
  return { ...usual, action: 'email_account.paused', detail: {}, at: '2026-01-01T00:00:00Z', ...fields }
}

describe('the sentences of the audit', () => {
  it('exist for every action that the API lists', () => {
    const actions = listedActions()
    expect(actions.length).toBeGreaterThan(25)
    expect(actions.filter((action) => !Object.hasOwn(words.audit.sentences, action))).toEqual([])
  })

  it('exist for no action that the API does not list', () => {
    const actions = listedActions()
    expect(Object.keys(words.audit.sentences).filter((action) => !actions.includes(action))).toEqual([])
  })

  it('name the actor and the object', () => {
    const known = new Map([['e1', 'support@contoso.example']])
    expect(auditSentence(entry({}), known)).toBe('Olga paused support@contoso.example')
  })

  it('count in the singular and the plural', () => {
    const known = new Map([['e1', 'support@contoso.example']])
    const closed = (count: number) =>
      auditSentence(entry({ action: 'email_account.conversations_closed', detail: { count } }), known)
    expect(closed(1)).toBe('Olga closed 1 old conversation of support@contoso.example')
    expect(closed(2)).toBe('Olga closed 2 old conversations of support@contoso.example')
    const moved = { action: 'account_action.requested' as const, detail: { messages: 2, conversations: 1 } }
    expect(auditSentence(entry(moved), known)).toBe(
      'Olga moved 2 messages of 1 conversation in support@contoso.example',
    )
  })

  it('tell a change of the servers from one of the password', () => {
    const known = new Map([['e1', 'support@contoso.example']])
    const changed = (servers: boolean) =>
      auditSentence(entry({ action: 'email_account.servers_changed', detail: { servers, password: true } }), known)
    expect(changed(true)).toBe('Olga changed the mail servers and the password of support@contoso.example')
    expect(changed(false)).toBe('Olga changed the password of support@contoso.example')
  })

  it('name the changed parts of the sign-in policy', () => {
    const known = new Map([['p2', 'Ben']])
    const none = { onlyByProvider: false, secondFactorFor: 'admins', breakGlass: [] as string[] }
    const changed = (from: object, to: object) =>
      auditSentence(
        entry({ action: 'sign_in_policy.changed', detail: { from: { ...none, ...from }, to: { ...none, ...to } } }),
        known,
      )
    expect(changed({}, { onlyByProvider: true, breakGlass: ['p2'] })).toBe(
      'Olga accepted sign-ins only by Microsoft and OpenID and added Ben as break-glass admin',
    )
    expect(changed({ breakGlass: ['p2', 'p3'] }, { breakGlass: ['p2'] })).toBe(
      'Olga removed a former team member as break-glass admin',
    )
    const everyone = { secondFactorFor: 'everyone', secondFactorFrom: '2026-05-04T10:00:00.000Z' }
    expect(changed({}, { ...everyone, adminsSecondFactorFrom: '2026-05-02T10:00:00.000Z' })).toBe(
      'Olga changed the second factor from “required only of admins” to “required of everyone from 2026-05-04, and of admins from 2026-05-02”',
    )
    expect(changed({ secondFactorFrom: '2026-05-04T10:00:00Z' }, { secondFactorFrom: '2026-05-01T10:00:00Z' })).toBe(
      'Olga changed the second factor from “required only of admins from 2026-05-04” to “required only of admins from 2026-05-01”',
    )
    expect(changed({ onlyByProvider: true }, { secondFactorFor: 'no-one' })).toBe(
      'Olga accepted passwords and passkeys again and changed the second factor from “required only of admins” to “optional for everyone”',
    )
    expect(changed(everyone, { secondFactorFor: 'admins', secondFactorFrom: '2026-05-04T10:00:00.000Z' })).toBe(
      'Olga changed the second factor from “required of everyone from 2026-05-04” to “required only of admins from 2026-05-04”',
    )
    const past = { secondFactorFor: 'everyone', secondFactorFrom: '2020-05-04T10:00:00.000Z' }
    expect(changed(past, { ...past, secondFactorFrom: '2099-06-01T10:00:00.000Z' })).toBe(
      'Olga changed the second factor from “required of everyone from 2020-05-04” to “required of everyone from 2099-06-01”, suspended until 2099-06-01 for people who aren’t admins',
    )
    expect(changed({}, {})).toBe('Olga saved the sign-in policy without a change')
  })

  it('show ids of mailboxes in a list as addresses', () => {
    const known = new Map([['e1', 'support@contoso.example']])
    const changed = {
      action: 'person.memberships_changed' as const,
      subjectName: 'Rita',
      detail: { from: [], to: ['e1', 'e2'] },
    }
    expect(auditSentence(entry(changed), known)).toBe(
      'Olga changed the mailboxes of Rita to support@contoso.example and e2',
    )
  })

  it('describe removed objects, and never show an id', () => {
    expect(auditSentence(entry({ actorName: undefined }), new Map())).toBe(
      'A former team member paused a removed mailbox',
    )
  })

  it('show an unknown action instead of hiding the entry', () => {
    expect(auditSentence(entry({ action: 'moon.landed' as AuditEntry['action'] }), new Map())).toBe(
      'Olga: moon.landed, an unknown object',
    )
  })
})
