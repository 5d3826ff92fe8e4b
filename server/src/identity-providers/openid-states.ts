import { createHash, randomBytes } from 'node:crypto'
import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { clientNetwork } from '../kernel/client-network.ts'
import { AppError } from '../kernel/errors.ts'
import { type IdentityProviderId, newId, type OpenIdSignInId, type PersonId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import { Secret } from '../kernel/secret.ts'
import { busy, createPendingRoom } from './pending-room.ts'

const LIFETIME_MS = 10 * 60 * 1000
/** Period in which an ended one is kept, to show "used already" instead of "unknown". */
const KEPT_MS = 24 * 60 * 60 * 1000
/** Maximum unfinished sign-ins of one browser. Those of networks are in `pending-room.ts`. */
const MAX_PER_BROWSER = 20
const STRENGTH_BYTES = 32

export type OpenIdPurpose = 'sign-in' | 'invitation' | 'link' | 'confirm'

/** A sign-in in progress at a provider. */
export interface PendingOpenIdSignIn {
  identityProviderId: IdentityProviderId
  purpose: OpenIdPurpose
  personId: PersonId | undefined
  sessionId: string | undefined
  personLinkHash: Buffer | undefined
  redirectUri: string
  returnTo: string
}

/** A sign-in to begin, with the network address of the browser. */
export interface NewPendingSignIn extends PendingOpenIdSignIn {
  clientAddress: string
}

export interface TakenSignIn extends PendingOpenIdSignIn {
  codeVerifier: string
  nonce: string
  startedAt: Date
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()
const unguessable = (): string => randomBytes(STRENGTH_BYTES).toString('base64url')

const isByStranger = ({ purpose }: PendingOpenIdSignIn) => purpose === 'sign-in' || purpose === 'invitation'

export type OpenIdStates = ReturnType<typeof createOpenIdStates>

/** Server-side states of sign-ins, each bound to a browser and accepted once (RFC 9700 §4.7). */
export function createOpenIdStates(database: Database, keyRing: KeyRing, clock: Clock) {
  const { db } = database
  const room = createPendingRoom({ clock, lifetimeMs: LIFETIME_MS })
  const contextOf = (id: OpenIdSignInId) => `openid_sign_ins.sealed:${id}`

  async function refuseMany(sessionHash: Buffer, now: Date): Promise<void> {
    const { ofBrowser } = await db
      .selectFrom('openid_sign_ins')
      .select(({ fn }) => fn.countAll<string>().as('ofBrowser'))
      .where('session_hash', '=', sessionHash)
      .where('expires_at', '>', now)
      .where('consumed_at', 'is', null)
      .executeTakeFirstOrThrow()
    if (Number(ofBrowser) >= MAX_PER_BROWSER) throw busy(LIFETIME_MS)
  }

  return {
    async add(pending: NewPendingSignIn, session: Uint8Array) {
      const now = clock.now()
      const id = newId<OpenIdSignInId>()
      const [state, nonce, codeVerifier] = [unguessable(), unguessable(), unguessable()]
      const { sealed, keyId } = keyRing.seal(new Secret(`${codeVerifier} ${nonce}`), contextOf(id))
      const sessionHash = Buffer.from(session)
      await db
        .deleteFrom('openid_sign_ins')
        .where('expires_at', '<', new Date(now.getTime() - KEPT_MS))
        .execute()
      await refuseMany(sessionHash, now)
      const network = clientNetwork(pending.clientAddress)
      const row = {
        ...{ id, state_hash: sha256(state), session_hash: sessionHash, sealed, key_id: keyId },
        ...{ identity_provider_id: pending.identityProviderId, purpose: pending.purpose },
        ...{ user_id: pending.personId ?? null, session_id: pending.sessionId ?? null },
        ...{ person_link_hash: pending.personLinkHash ?? null },
        ...{ redirect_uri: pending.redirectUri, return_to: pending.returnTo, client_network: network },
        ...{ created_at: now, expires_at: new Date(now.getTime() + LIFETIME_MS) },
      }
      await database.transaction(async (tx) => {
        if (isByStranger(pending)) await room.make(tx, network)
        await tx.insertInto('openid_sign_ins').values(row).execute()
      })
      return { state, nonce, codeChallenge: sha256(codeVerifier).toString('base64url') }
    },

    /** True for a state of this room, also a used or expired one. */
    async has(state: string): Promise<boolean> {
      const row = await db
        .selectFrom('openid_sign_ins')
        .select('id')
        .where('state_hash', '=', sha256(state))
        .executeTakeFirst()
      return row !== undefined
    },

    /**
     * Takes the sign-in with this state, once, in the browser that began it. A call from another browser uses nothing
     * up.
     *
     * @throws {AppError} `tokens.state_unknown`, `tokens.state_foreign`, `tokens.state_used`, `tokens.state_expired`
     */
    async take(state: string, session: Uint8Array): Promise<TakenSignIn> {
      const now = clock.now()
      const sessionHash = Buffer.from(session)
      const row = await db
        .updateTable('openid_sign_ins')
        .set({ consumed_at: now })
        .where('state_hash', '=', sha256(state))
        .where('session_hash', '=', sessionHash)
        .where('consumed_at', 'is', null)
        .where('expires_at', '>', now)
        .returningAll()
        .executeTakeFirst()
      if (row) {
        const opened = keyRing.open({ sealed: row.sealed, keyId: row.key_id }, contextOf(row.id)).reveal()
        const [codeVerifier = '', nonce = ''] = opened.split(' ')
        return {
          ...{ identityProviderId: row.identity_provider_id, purpose: row.purpose, codeVerifier, nonce },
          ...{ personId: (row.user_id as PersonId | null) ?? undefined, sessionId: row.session_id ?? undefined },
          ...{ personLinkHash: row.person_link_hash ?? undefined },
          ...{ redirectUri: row.redirect_uri, returnTo: row.return_to, startedAt: row.created_at },
        }
      }
      const why = await db
        .selectFrom('openid_sign_ins')
        .select(['session_hash', 'consumed_at'])
        .where('state_hash', '=', sha256(state))
        .executeTakeFirst()
      if (!why) throw new AppError('tokens.state_unknown')
      if (!why.session_hash.equals(sessionHash)) throw new AppError('tokens.state_foreign')
      throw why.consumed_at === null ? new AppError('tokens.state_expired') : new AppError('tokens.state_used')
    },
  }
}
