import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { AuditEntry } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import { auditSentence } from './audit-sentence.ts'

const SERVER = new URL('../../../../server/src/', import.meta.url).pathname
/** An action as written in the code: a name with a dot, where it is recorded or selected. */
const ACTION =
  /'((?:person|api_key|work_order|cloud_provider|grant|sign_in_link|principal_wish|email_accounts|submissions|conversations|alerts|keys)\.[a-z_]+)'/g

function entry(fields: Partial<AuditEntry>): AuditEntry {
  const usual = { id: 1, actor: 'person:p1', actorName: 'Olga', action: 'email_accounts.pause', subject: 'e1' }
  return { ...usual, detail: {}, at: '2026-01-01T00:00:00Z', ...fields }
}

/** All actions that the server's code records. */
function recordedActions(): Set<string> {
  const files = globSync('**/*.ts', { cwd: SERVER }).filter((file) => !/test/.test(file))
  const actions = new Set<string>()
  for (const file of files) {
    const text = readFileSync(SERVER + file, 'utf8')
    if (!/audit\.record|change\(/.test(text)) continue
    for (const line of text.split('\n')) {
      if (!/action\b|ACCEPTED|'first-admin':|invitation:|reset:/.test(line)) continue
      for (const [, action] of line.matchAll(ACTION)) actions.add(action!)
    }
  }
  return actions
}

describe('the sentences of the audit', () => {
  it('exist for every action that the server records', () => {
    const actions = recordedActions()
    expect(actions.size).toBeGreaterThan(25)
    expect([...actions].filter((action) => !Object.hasOwn(words.audit.sentences, action))).toEqual([])
  })

  it('exist for no action that the server has dropped', () => {
    const actions = recordedActions()
    expect(Object.keys(words.audit.sentences).filter((action) => !actions.has(action))).toEqual([])
  })

  it('name the actor and the object', () => {
    const known = new Map([['e1', 'support@contoso.example']])
    expect(auditSentence(entry({}), known)).toBe('Olga paused support@contoso.example')
  })

  it('show ids of mailboxes in a list as addresses', () => {
    const known = new Map([['e1', 'support@contoso.example']])
    const changed = {
      action: 'person.memberships_changed',
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
    expect(auditSentence(entry({ action: 'moon.landed' }), new Map())).toBe('Olga: moon.landed, an unknown object')
  })
})
