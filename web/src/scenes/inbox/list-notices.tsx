import { Box, Button, Collapse, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { getDraftsOptions, getSubmissionsOptions, type Draft, type Submission } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import type { InboxSearch } from './inbox-search.ts'
import classes from './rows.module.css'
import { SubmissionCard } from './submission-card.tsx'

const NOTHING: readonly Submission[] = []

/** Unfinished work: drafts, and unsent messages without a conversation. */
export function ListNotices({ opened }: { opened: string | undefined }) {
  const [open, { toggle }] = useDisclosure(false)
  const drafts = useQuery(getDraftsOptions()).data?.drafts
  const unsent = useQuery(getSubmissionsOptions()).data?.submissions ?? NOTHING
  const inbox = words.inbox
  const begun = drafts?.filter(({ id }) => id !== opened) ?? []
  if (begun.length + unsent.length === 0) return undefined
  const Sign = open ? IconChevronUp : IconChevronDown
  return (
    <Box px="xs" pb="xs">
      <Button
        fullWidth
        justify="space-between"
        size="compact-sm"
        variant="default"
        onClick={toggle}
        aria-expanded={open}
        rightSection={<Sign size={14} aria-hidden />}
      >
        {inbox.notices(begun.length, unsent.length)}
      </Button>
      <Collapse expanded={open}>
        <Stack gap={4} pt={6} mah={260} style={{ overflowY: 'auto' }}>
          {begun.map((draft) => (
            <DraftLink key={draft.id} draft={draft} />
          ))}
          {unsent.map((submission) => (
            <SubmissionCard key={submission.id} submission={submission} author={undefined} />
          ))}
        </Stack>
      </Collapse>
    </Box>
  )
}

function DraftLink({ draft: { id, conversationId, content } }: { draft: Draft }) {
  const label = `${words.inbox.draft}: ${content.subject || words.inbox.noSubject}`
  const search = (now: InboxSearch) => ({ ...now, draft: id })
  return conversationId === undefined ? (
    <Link to="/inbox" search={search} className={classes.view} dir="auto">
      {label}
    </Link>
  ) : (
    <Link
      to="/inbox/$conversationId"
      params={{ conversationId }}
      search={search}
      className={classes.view}
      preload={false}
      dir="auto"
    >
      {label}
    </Link>
  )
}
