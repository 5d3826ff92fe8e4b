import type { Selectable } from 'kysely'
import type { Schema } from '../../database/index.ts'

/** `exact_at`: the time of the order as text (`listed_at`, in view `sent` `last_sent_at`), because a Date has no microseconds. */
export type ListedRow = Selectable<Schema['conversations']> & { exact_at: string }
