import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'

/** Days per kind of data; undefined: never, or the default. */
export type Ages<Kind extends string> = { [kind in Kind]?: number | undefined }

interface EditedAges<Kind extends string> {
  kinds: readonly Kind[]
  stored: Ages<Kind>
  edits: Ages<Kind>
  /** Ages of kinds that are deleted without a setting, too. */
  defaults?: Ages<Kind>
}

/** Ages as edited, what changed, and the parameters of the requests that preview and save them. */
export function editedAges<Kind extends string>({ kinds, stored, edits, defaults = {} }: EditedAges<Kind>) {
  const ages: Ages<Kind> = { ...stored, ...edits }
  const effective = (of: Ages<Kind>, kind: Kind) => of[kind] ?? defaults[kind] ?? Infinity
  const set = kinds.flatMap((kind) => (ages[kind] === undefined ? [] : [[kind, ages[kind]]]))
  return {
    ages,
    isChanged: kinds.some((kind) => ages[kind] !== stored[kind]),
    // A later age, or none, deletes nothing more.
    deletesMore: kinds.some((kind) => effective(ages, kind) < effective(stored, kind)),
    query: Object.fromEntries(set) as { [kind in Kind]?: number },
    body: Object.fromEntries(kinds.map((kind) => [kind, ages[kind] ?? null])) as Record<Kind, number | null>,
  }
}

export type AgesForm<Kind extends string> = ReturnType<typeof useAges<Kind>>

/**
 * Ages of a retention in a form, and whether its confirmation is open. Only edits are kept: what another admin saves is
 * shown as soon as it is fetched.
 */
export function useAges<Kind extends string>(given: Omit<EditedAges<Kind>, 'edits'>) {
  const [edits, setEdits] = useState<Ages<Kind>>({})
  const [opened, { open, close }] = useDisclosure(false)
  return {
    ...editedAges({ ...given, edits }),
    set: (kind: Kind, days: number | undefined) => setEdits((before) => ({ ...before, [kind]: days })),
    forgetEdits: () => setEdits({}),
    ...{ opened, open, close },
  }
}
