import type { Selectable } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { TagId } from '../../kernel/ids.ts'

/** Colors of tags, named for the palette of the web UI. Neighbors differ, because new tags get them in this order. */
export const TAG_COLORS = [
  'gray',
  'blue',
  'green',
  'orange',
  'red',
  'violet',
  'teal',
  'yellow',
  'pink',
  'indigo',
  'lime',
  'grape',
  'cyan',
] as const
export type TagColor = (typeof TAG_COLORS)[number]

/** A label that a team puts on conversations. One set per installation. */
export interface Tag {
  id: TagId
  name: string
  color: TagColor
}

export function toTag(row: Selectable<Schema['tags']>): Tag {
  return { id: row.id, name: row.name, color: TAG_COLORS.find((color) => color === row.color) ?? 'gray' }
}
