import type { ColumnType } from 'kysely'

/**
 * `jsonb`. Written with `JSON.stringify`, because the driver would send a JavaScript array as an SQL array; read as
 * `unknown`, because only the room that wrote it knows its form.
 */
export type Json = ColumnType<unknown, string, string>
export type OptionalJson = ColumnType<unknown, string | null | undefined, string | null>

/** `bigint GENERATED ALWAYS`: given by the database, in the order of insertion. */
export type Serial = ColumnType<number, never, never>
