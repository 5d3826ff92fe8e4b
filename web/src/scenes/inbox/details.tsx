import { Badge, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import { memo, type ReactNode } from 'react'
import type { Attachment, EmailAccount } from '../../api/client.ts'
import { Time } from '../../components/time.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { AttachmentLink, attachmentsQuery } from './attachments.tsx'
import classes from './details.module.css'
import { listName } from './display-names.ts'
import type { ConversationView } from './entries.ts'
import { lazyPart } from './lazy-part.tsx'
import { showFailure, statusText } from './use-status.ts'
import { useFollow } from './use-work.ts'
import { TagLink } from './tags/tag-chip.tsx'
import { tagsOf, useTags } from './tags/use-tags.ts'

export const History = lazyPart(
  'history',
  async () => ({ Part: (await import('./history.tsx')).History }),
  (problem) => problem ?? <Skeleton height={16} />,
)
export const CustomerPanel = lazyPart(
  'customer panel',
  async () => ({ Part: (await import('./customer/customer-panel.tsx')).CustomerPanel }),
  (problem) => problem ?? <Skeleton height={96} />,
)

/** Each causes one request: the newest are enough to find a file. */
const MOST_ASKED = 20

interface DetailsProps {
  view: ConversationView
  account: EmailAccount | undefined
  personName: (id: string) => string
  onAssign: () => void
  onTag: () => void
}

/** Participants, mailbox, assignee, followers, attachments and history. */
export const Details = memo(function Details({ view, account, personName, onAssign, onTag }: DetailsProps) {
  const { conversation, messages } = view
  const inbox = words.inbox
  const tags = tagsOf(conversation.tagIds, useTags().byId)
  // A mailbox that writes to itself is the only participant.
  const alone: typeof conversation.participants = account ? [account] : []
  const participants = conversation.participants.length > 0 ? conversation.participants : alone
  const files = useQueries({
    queries: messages
      .filter(({ hasAttachments }) => hasAttachments)
      .slice(-MOST_ASKED)
      .map(({ id }) => attachmentsQuery(id)),
    combine: filesIn,
  })
  return (
    <Stack gap={0} p="md">
      <Part title={words.customer.title}>
        <CustomerPanel key={conversation.id} conversationId={conversation.id} />
      </Part>
      <Part title={inbox.participants}>
        <ul className={classes.plain}>
          {participants.map((one) => (
            <li key={one.address}>
              <Text size="sm" fw={500} dir="auto">
                {listName(one)}
              </Text>
              {one.name.trim() !== '' && one.isMisleading !== true && (
                <Text size="xs" c="dimmed">
                  {one.address}
                </Text>
              )}
            </li>
          ))}
        </ul>
      </Part>
      {account && (
        <Part title={inbox.account}>
          <Text size="sm" fw={500}>
            {account.name} · {account.key}
          </Text>
          <Text size="xs" c="dimmed">
            {account.address}
          </Text>
        </Part>
      )}
      <Part title={inbox.assignee}>
        <Group gap="xs" justify="space-between">
          <Text size="sm">
            {conversation.assigneeId === undefined ? inbox.toNobody : personName(conversation.assigneeId)}
          </Text>
          <Button size="compact-sm" variant="default" onClick={onAssign}>
            {inbox.change}
          </Button>
        </Group>
      </Part>
      <Part title={inbox.followers}>
        <FollowersPart view={view} personName={personName} />
      </Part>
      <Part title={words.tags.title}>
        <Group gap="xs" justify="space-between" wrap="nowrap" align="flex-start">
          <Group gap={4}>
            {tags.map((tag) => (
              <TagLink key={tag.id} tag={tag} />
            ))}
          </Group>
          <Button size="compact-sm" variant="default" onClick={onTag} aria-label={words.tags.change}>
            {inbox.change}
          </Button>
        </Group>
      </Part>
      <Part title={inbox.statusLabel}>
        <Badge variant="default" radius="sm" tt="none">
          {statusText(conversation)}
        </Badge>
      </Part>
      {view.seenBy.length > 0 && (
        <Part title={inbox.seenBy}>
          <ul className={classes.plain}>
            {view.seenBy.map(({ personId, at }) => (
              <li key={personId}>
                <Text size="sm">
                  {personName(personId)}{' '}
                  <Text span size="xs" c="dimmed">
                    <Time at={at} />
                  </Text>
                </Text>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {files.length > 0 && (
        <Part title={inbox.attachments}>
          <Stack gap={6} align="flex-start">
            {files.map((file) => (
              <AttachmentLink key={file.id} file={file} />
            ))}
          </Stack>
        </Part>
      )}
      <Part title={inbox.historyLabel}>
        <History view={view} nameOf={personName} />
      </Part>
    </Stack>
  )
})

function FollowersPart({ view, personName }: Pick<DetailsProps, 'view' | 'personName'>) {
  const { conversation, followers } = view
  const me = useMe()
  const follow = useFollow()
  const follows = followers.includes(me.id)
  return (
    <Group gap="xs" justify="space-between" wrap="nowrap" align="flex-start">
      {followers.length === 0 ? (
        <Text size="sm">{words.inbox.noFollowers}</Text>
      ) : (
        <ul className={classes.plain}>
          {followers.map((id) => (
            <li key={id}>
              <Text size="sm" dir="auto">
                {personName(id)}
              </Text>
            </li>
          ))}
        </ul>
      )}
      <Button
        size="compact-sm"
        variant="default"
        disabled={conversation.mergedInto !== undefined}
        loading={follow.isPending}
        title={words.inbox.followHint}
        onClick={() => follow.mutate({ id: conversation.id, wanted: !follows }, { onError: showFailure })}
      >
        {follows ? words.inbox.unfollow : words.inbox.follow}
      </Button>
    </Group>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.section}>
      <Title order={3} size="h6" mb={6}>
        {title}
      </Title>
      {children}
    </section>
  )
}

function filesIn(results: readonly { data?: { attachments: Attachment[] } }[]): Attachment[] {
  return results.flatMap(({ data }) => data?.attachments ?? []).filter(({ isInline }) => !isInline)
}
