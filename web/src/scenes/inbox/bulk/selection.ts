/** Selected conversations of the list. */
export interface Selection {
  ids: ReadonlySet<string>
  /** Start of the next range: the row selected last. */
  anchor: string | undefined
  /** All conversations of the view, including those that are not loaded. */
  isWholeView: boolean
}

export const NOTHING: Selection = { ids: new Set(), anchor: undefined, isWholeView: false }

/** Adds or removes one row. */
export function toggled({ ids }: Selection, id: string): Selection {
  const after = new Set(ids)
  if (!after.delete(id)) after.add(id)
  return { ids: after, anchor: id, isWholeView: false }
}

/** Adds the rows from the anchor to a row; only this one if the anchor has left the list. */
export function extended(selection: Selection, rows: readonly { id: string }[], id: string): Selection {
  const from = rows.findIndex((row) => row.id === selection.anchor)
  const to = rows.findIndex((row) => row.id === id)
  const range = from < 0 || to < 0 ? [{ id }] : rows.slice(Math.min(from, to), Math.max(from, to) + 1)
  return { ids: new Set([...selection.ids, ...range.map((row) => row.id)]), anchor: id, isWholeView: false }
}
