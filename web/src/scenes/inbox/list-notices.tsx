import { Box, Button, Collapse, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getSubmissionsOptions, type Submission } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import { SubmissionCard } from './submission-card.tsx'

const NOTHING: readonly Submission[] = []

/** Unsent messages without a conversation. */
export function ListNotices() {
  const [open, { toggle }] = useDisclosure(false)
  const unsent =
    useQuery(getSubmissionsOptions({ query: { view: 'without-conversation' } })).data?.submissions ?? NOTHING
  const inbox = words.inbox
  if (unsent.length === 0) return undefined
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
        {inbox.unsent(unsent.length)}
      </Button>
      <Collapse expanded={open}>
        <Stack gap={4} pt={6} mah={260} style={{ overflowY: 'auto' }}>
          {unsent.map((submission) => (
            <SubmissionCard key={submission.id} submission={submission} author={undefined} />
          ))}
        </Stack>
      </Collapse>
    </Box>
  )
}
