import { createHash, randomInt } from 'node:crypto'
import type { Database, Tx } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { PersonId } from '../../kernel/ids.ts'
import { Secret } from '../../kernel/secret.ts'

const COUNT = 10
/** 16 of 31 characters: 79 bits. Without 0, 1, i, l and o, which are easily confused. */
const LENGTH = 16
const CHARACTERS = '23456789abcdefghjkmnpqrstuvwxyz'

/** Codes that replace a lost factor, each once. Only their hashes are stored. */
export interface RecoveryCodes {
  /** Creates ten codes. Those of an earlier set become invalid. */
  create(tx: Tx, id: PersonId): Promise<Secret[]>
  remove(tx: Tx, id: PersonId): Promise<void>
  /** Uses a code up. Returns false for a wrong or used one. */
  accept(tx: Tx, id: PersonId, code: string): Promise<boolean>
  /** Returns the number of unused codes. */
  countLeft(source: Database['db'], id: PersonId): Promise<number>
}

export function createRecoveryCodes(clock: Clock): RecoveryCodes {
  return {
    async create(tx, id) {
      const codes = Array.from({ length: COUNT }, newCode)
      await tx.deleteFrom('recovery_codes').where('user_id', '=', id).execute()
      await tx
        .insertInto('recovery_codes')
        .values(codes.map((code) => ({ user_id: id, code_hash: hashOf(id, code) })))
        .execute()
      return codes.map((code) => new Secret(code))
    },

    async remove(tx, id) {
      await tx.deleteFrom('recovery_codes').where('user_id', '=', id).execute()
    },

    async accept(tx, id, code) {
      const { numUpdatedRows } = await tx
        .updateTable('recovery_codes')
        .set({ used_at: clock.now() })
        .where('user_id', '=', id)
        .where('code_hash', '=', hashOf(id, code))
        .where('used_at', 'is', null)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    async countLeft(source, id) {
      const { count } = await source
        .selectFrom('recovery_codes')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('user_id', '=', id)
        .where('used_at', 'is', null)
        .executeTakeFirstOrThrow()
      return count
    },
  }
}

/** A code such as `k3mq-7xwa-p2zt-9hce`. */
function newCode(): string {
  const characters = Array.from({ length: LENGTH }, () => CHARACTERS[randomInt(CHARACTERS.length)]!)
  return characters.join('').replaceAll(/.{4}(?=.)/g, (group) => `${group}-`)
}

/** The code has 79 random bits and can't be guessed, so neither salt nor slow hash is needed. */
function hashOf(id: PersonId, code: string): Buffer {
  return createHash('sha256')
    .update(`${id} ${plainCode(code)}`)
    .digest()
}

/** A code as typed: in any case, with or without spaces and hyphens. */
function plainCode(code: string): string {
  return code.toLowerCase().replaceAll(/[\s-]/g, '')
}

/** True for the form of a recovery code, which differs from that of a code of an app. */
export function isRecoveryCode(code: string): boolean {
  return plainCode(code).length === LENGTH
}
