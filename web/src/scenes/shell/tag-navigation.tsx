import { UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import { words } from '../../words/index.ts'
import tagClasses from '../inbox/tags/tags.module.css'
import { useTags } from '../inbox/tags/use-tags.ts'
import classes from './sidebar.module.css'
import { SidebarGroup, SidebarLink } from './sidebar-link.tsx'

/** Beyond them, the list would push everything else out of view. */
const MOST_SHOWN = 12

/** Links to the open conversations with each tag. */
export function TagNavigation({ active }: { active: string | undefined }) {
  const { tags } = useTags()
  const [showsAll, setShowsAll] = useState(false)
  if (tags.length === 0) return undefined
  const shown = showsAll ? tags : tags.filter(({ id }, index) => index < MOST_SHOWN || id === active)
  return (
    <SidebarGroup title={words.tags.title}>
      {shown.map(({ id, name, color }) => (
        <SidebarLink
          key={id}
          to="/inbox"
          search={{ view: undefined, account: undefined, q: undefined, tag: id }}
          label={name}
          sign={<span className={tagClasses.dot} data-color={color} aria-hidden />}
          active={id === active}
        />
      ))}
      {tags.length > MOST_SHOWN && (
        <UnstyledButton className={classes.link} onClick={() => setShowsAll(!showsAll)} aria-expanded={showsAll}>
          {showsAll ? words.tags.showFewer : words.tags.showAll(tags.length)}
        </UnstyledButton>
      )}
    </SidebarGroup>
  )
}
