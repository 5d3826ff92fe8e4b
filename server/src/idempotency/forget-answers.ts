import type { Tx } from '../database/index.ts'

/**
 * Deletes all stored answers, which can name any person. The requests stay, so that a repeated one creates nothing:
 * it gets `http.idempotency_answer_lost`. Answers of requests that are in progress are not stored.
 */
export async function forgetAnswers(tx: Tx): Promise<void> {
  await tx
    .updateTable('idempotent_requests')
    .set({ sealed: null, key_id: null })
    .where('sealed', 'is not', null)
    .execute()
}
