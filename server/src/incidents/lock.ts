import { sql } from 'kysely'

/**
 * Serializes all writers of incidents: `pg_advisory_xact_lock(int, int)`. The first number is reserved for this room
 * (the trigger of the events uses another).
 */
export const LOCK = sql`SELECT pg_advisory_xact_lock(20556, 1)`
