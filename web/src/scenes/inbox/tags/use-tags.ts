import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { getTagsOptions, type Tag } from '../../../api/client.ts'

const NO_TAGS: readonly Tag[] = []

/** Tags of the installation. Events keep them up to date. */
export function useTags(): { tags: readonly Tag[]; byId: ReadonlyMap<string, Tag> } {
  const tags = useQuery({ ...getTagsOptions(), staleTime: Infinity }).data?.tags ?? NO_TAGS
  return useMemo(() => ({ tags, byId: new Map(tags.map((tag) => [tag.id, tag])) }), [tags])
}

/** Existing tags with these ids, in their order: a conversation keeps the ids of deleted tags. */
export function tagsOf(ids: readonly string[], byId: ReadonlyMap<string, Tag>): Tag[] {
  return ids.flatMap((id) => byId.get(id) ?? [])
}
