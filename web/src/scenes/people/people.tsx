import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconUserPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getPeopleOptions } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { LongList } from '../../components/long-list.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { Invitations } from './invitations.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { PersonRow } from './person-row.tsx'

const ROW_HEIGHT = 72

/** Team members, their roles, and open invitations. */
export function People() {
  const people = useQuery(getPeopleOptions())
  const [inviting, { open, close }] = useDisclosure(false)
  const { title, list, invite } = words.people
  return (
    <Page
      title={title}
      actions={
        <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={open}>
          {invite}
        </Button>
      }
    >
      {people.error && <ProblemNotice error={people.error} onRetry={() => void people.refetch()} />}
      {people.isPending && <LoadingRows height={ROW_HEIGHT} />}
      {people.data && (
        <LongList label={list} items={people.data.people} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
          {(person) => <PersonRow person={person} />}
        </LongList>
      )}
      <Invitations />
      <InviteDialog opened={inviting} onClose={close} />
    </Page>
  )
}
