import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Secret } from '../../kernel/secret.ts'

export const CHALLENGE_LIFETIME_MS = 5 * 60 * 1000
const RANDOM_BYTES = 16
const TIME_BYTES = 6

/** Purpose of a challenge, such as `add:<person>`; an answer is accepted for the same purpose only. */
export type ChallengePurpose = 'sign-in' | `add:${string}` | `confirm:${string}`

/**
 * Challenges of passkeys. Each proves by a keyed hash that Postkey made it for this browser and purpose, and until when
 * it is valid. Nothing is stored until it is answered, so that a flood of sign-in pages writes nothing.
 */
export interface PasskeyChallenges {
  create(purpose: ChallengePurpose, browser: Uint8Array): Uint8Array<ArrayBuffer>
  /** Returns true for a challenge of {@link PasskeyChallenges.create} that has not expired. */
  verify(challenge: string, purpose: ChallengePurpose, browser: Uint8Array): boolean
  /**
   * Uses a verified challenge up, after its answer was verified.
   *
   * @throws {AppError} `people.passkey_refused` when it was used before
   */
  use(source: Kysely<Schema>, challenge: string): Promise<void>
}

export function createPasskeyChallenges(clock: Clock, sessionSecret: Secret): PasskeyChallenges {
  const key = Buffer.from(hkdfSync('sha256', sessionSecret.reveal(), '', 'postkey passkey challenges', 32))

  function sign(head: Uint8Array, purpose: ChallengePurpose, browser: Uint8Array): Buffer {
    return createHmac('sha256', key).update(head).update(browser).update(purpose).digest()
  }

  return {
    create(purpose, browser) {
      const time = Buffer.alloc(TIME_BYTES)
      time.writeUIntBE(clock.now().getTime() + CHALLENGE_LIFETIME_MS, 0, TIME_BYTES)
      const head = Buffer.concat([randomBytes(RANDOM_BYTES), time])
      return new Uint8Array(Buffer.concat([head, sign(head, purpose, browser)]))
    },

    verify(challenge, purpose, browser) {
      const bytes = Buffer.from(challenge, 'base64url')
      const head = bytes.subarray(0, RANDOM_BYTES + TIME_BYTES)
      const signature = bytes.subarray(head.length)
      const expected = sign(head, purpose, browser)
      if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return false
      return head.readUIntBE(RANDOM_BYTES, TIME_BYTES) > clock.now().getTime()
    },

    async use(source, challenge) {
      const now = clock.now()
      await source.deleteFrom('used_challenges').where('expires_at', '<=', now).execute()
      const { numInsertedOrUpdatedRows } = await source
        .insertInto('used_challenges')
        .values({ challenge, expires_at: new Date(now.getTime() + CHALLENGE_LIFETIME_MS) })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow()
      if (numInsertedOrUpdatedRows !== 1n) throw new AppError('people.passkey_refused')
    },
  }
}
