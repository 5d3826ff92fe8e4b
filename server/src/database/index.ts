/**
 * The database: one PostgreSQL, its connections, locks, wake-ups and migrations, and the embedded one that is used when
 * nobody names another. Owns no table but `migrations`. Every room comes in here; the tables belong to the rooms.
 */
export type { Database, Tx } from './database.ts'
export type { Schema } from './schema.ts'
