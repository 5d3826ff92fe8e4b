import { z } from 'zod'
import { fillText } from '../../kernel/errors.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import {
  API_KEY_SCOPES,
  DEFAULT_KEY_LIFETIME,
  expectedNetwork,
  KEY_LIFETIMES,
  MAX_KEY_NETWORKS,
  needsAllAccounts,
  type ApiKeyScope,
  type KeyLifetime,
  type Person,
} from '../../people/index.ts'
import { findAccount } from '../email-account/find-account.ts'
import { usageError } from '../find-verb.ts'
import { listOf, readName } from '../inputs.ts'
import { refusal } from '../refusal.ts'
import { toJson } from '../shapes.ts'
import { TEXTS } from '../texts.ts'
import { findPerson } from '../user/find-person.ts'
import { ACTOR, EXIT, type CliRooms, type Verb } from '../verb.ts'
import { PrintedApiKey } from './api-key.ts'

const CreatedApiKey = PrintedApiKey.extend({ key: z.string() })

export const apiKeyCreateVerb: Verb = {
  name: 'api-key create',
  sentence: TEXTS.apiKeyCreateSentence,
  details: [fillText(TEXTS.scopesAre, { scopes: API_KEY_SCOPES.join(', ') }), TEXTS.apiKeyBound],
  operands: [{ name: 'NAME' }],
  options: {
    scopes: { type: 'string', value: 'LIST', sentence: TEXTS.scopesOption },
    'email-accounts': { type: 'string', value: 'LIST', sentence: TEXTS.emailAccountsOption },
    'expires-after': {
      type: 'string',
      value: 'TIME',
      sentence: fillText(TEXTS.expiresOption, { known: KEY_LIFETIMES.join(', '), usual: DEFAULT_KEY_LIFETIME }),
    },
    networks: { type: 'string', value: 'LIST', sentence: TEXTS.networksOption },
    admin: { type: 'string', value: 'EMAIL', sentence: TEXTS.adminOption },
  },
  shape: CreatedApiKey,
  printsSecret: true,
  async run({ open, operands, options, json, print, note }) {
    const name = readName(operands[0]!)
    const scopes = readScopes(options['scopes'])
    const given = options['email-accounts']
    const accounts = given === undefined ? undefined : listOf(given)
    if (accounts !== undefined && needsAllAccounts(scopes)) throw usageError(TEXTS.scopesReachAll)
    // An empty list is often an unset variable of a script, which must not decide about access.
    if (accounts?.length === 0) throw usageError(TEXTS.emailAccountsMissing)
    const expiresAfter = readLifetime(options['expires-after'])
    const allowedNetworks = readNetworks(options['networks'])
    const rooms = await open()
    const admin = await findAdmin(rooms, options['admin'])
    const emailAccountIds = accounts === undefined ? 'all' : await idsOf(rooms, accounts)
    const created = await rooms.people.apiKeys.create(
      { name, scopes, emailAccountIds, expiresAfter, allowedNetworks },
      admin.id,
      ACTOR,
    )
    const key = created.key.reveal()
    print(json ? toJson(CreatedApiKey, { ...created, key }) : key)
    note(TEXTS.keyShownOnce)
    return EXIT.fine
  },
}

function readScopes(given: string | boolean | undefined): ApiKeyScope[] {
  const known: readonly string[] = API_KEY_SCOPES
  const scopes = given === undefined ? [] : listOf(given)
  if (scopes.length === 0) throw usageError(TEXTS.scopesMissing)
  const wrong = scopes.find((scope) => !known.includes(scope))
  if (wrong !== undefined) {
    throw usageError(fillText(TEXTS.wordUnknown, { word: wrong, known: known.join(', ') }))
  }
  return [...new Set(scopes)] as ApiKeyScope[]
}

function readLifetime(given: string | boolean | undefined): KeyLifetime {
  const word = String(given ?? DEFAULT_KEY_LIFETIME)
  const found = KEY_LIFETIMES.find((lifetime) => lifetime === word)
  if (!found) throw usageError(fillText(TEXTS.wordUnknown, { word, known: KEY_LIFETIMES.join(', ') }))
  return found
}

function readNetworks(given: string | boolean | undefined): string[] {
  if (given === undefined) return []
  const networks = listOf(given)
  for (const word of networks) {
    const expected = expectedNetwork(word)
    if (expected !== undefined) throw usageError(fillText(TEXTS.notANetwork, { word, expected }))
  }
  // An empty list would mean every network, and is often an unset variable of a script.
  if (networks.length === 0 || networks.length > MAX_KEY_NETWORKS) {
    throw usageError(fillText(TEXTS.networksCount, { most: String(MAX_KEY_NETWORKS) }))
  }
  return networks
}

/** The named admin, or the only one. */
async function findAdmin({ people }: CliRooms, email: string | boolean | undefined): Promise<Person> {
  if (typeof email === 'string') {
    const person = await findPerson(people, email)
    if (person.role !== 'admin') throw usageError(fillText(TEXTS.notAnAdmin, { email: person.email }))
    return person
  }
  const admins = (await people.people.list()).filter(({ role }) => role === 'admin')
  const [admin] = admins
  if (admin && admins.length === 1) return admin
  throw admin ? usageError(TEXTS.adminMissing) : refusal('people.not_found', TEXTS.noAdmin)
}

async function idsOf(rooms: CliRooms, names: readonly string[]): Promise<EmailAccountId[]> {
  const ids = []
  for (const name of names) ids.push((await findAccount(rooms, name)).id)
  return [...new Set(ids)]
}
