import { Text } from '@mantine/core'
import { IconLinkOff } from '@tabler/icons-react'
import { words } from '../../../words/index.ts'
import { Notice } from './notice.tsx'

/** A link whose text names another host than the one it opens. */
export interface MisleadingLink {
  text: string
  host: string
}

const MOST_SHOWN = 5

/** Parses the links found in the frame of a message. Its content is untrusted: anything else counts as no links. */
export function parseLinks(json: string | undefined): readonly MisleadingLink[] {
  try {
    const links: unknown = JSON.parse(json ?? '[]')
    return Array.isArray(links) ? (links as MisleadingLink[]) : []
  } catch {
    return []
  }
}

export function MisleadingLinks({ links }: { links: readonly MisleadingLink[] }) {
  const { title, sentence, more } = words.marks.misleadingLinks
  return (
    <Notice color="orange" Sign={<IconLinkOff aria-hidden />} title={title}>
      {links.slice(0, MOST_SHOWN).map(({ text, host }, index) => (
        <Text size="sm" key={index} style={{ overflowWrap: 'anywhere' }}>
          {sentence(text, host)}
        </Text>
      ))}
      {links.length > MOST_SHOWN && <Text size="sm">{more(links.length - MOST_SHOWN)}</Text>}
    </Notice>
  )
}
