import type { ColumnType } from 'kysely'

/**
 * `jsonb`. Written with `JSON.stringify`, because the driver would send a JavaScript array as an SQL array. Read as
 * `unknown`, because only the room that wrote it has its type.
 */
export type Json = ColumnType<unknown, string, string>
export type OptionalJson = ColumnType<unknown, string | null | undefined, string | null>

/** `bigint GENERATED ALWAYS`: assigned by the database in insertion order. */
export type Serial = ColumnType<number, never, never>
