import { Anchor, Button, Center, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { getEmailAccountsIdOptions, getEmailAccountsIdQuarantineInfiniteOptions } from '../../api/client.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { LongList } from '../../components/long-list.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { QuarantinedMessage } from './quarantined-message.tsx'

const ROW_HEIGHT = 120
const PAGE = 50

/** Unreadable mail of one mailbox, newest first. */
export function QuarantinePage() {
  const { emailAccountId } = useParams({ strict: false })
  const path = { id: emailAccountId! }
  const account = useQuery(getEmailAccountsIdOptions({ path }))
  const listed = useInfiniteQuery({
    ...getEmailAccountsIdQuarantineInfiniteOptions({ path, query: { limit: PAGE } }),
    initialPageParam: { path },
    getNextPageParam: ({ next }) => next,
  })
  const { title, sentence, list, empty, loadMore, all } = words.quarantine
  const messages = listed.data?.pages.flatMap((page) => page.messages) ?? []
  const error = account.error ?? listed.error
  return (
    <Page
      title={title}
      actions={
        <Anchor component={Link} to={`/email-accounts/${path.id}`} size="sm">
          {account.data?.name ?? words.emailAccounts.title}
        </Anchor>
      }
    >
      <Text c="dimmed">{sentence}</Text>
      {error && <ProblemNotice error={error} onRetry={() => void Promise.all([account.refetch(), listed.refetch()])} />}
      {listed.isPending && <LoadingRows rows={4} height={ROW_HEIGHT} />}
      {listed.data && messages.length === 0 && <EmptyState title={empty.title} sentence={empty.sentence} />}
      {messages.length > 0 && (
        <>
          <LongList label={list} items={messages} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
            {(message) => <QuarantinedMessage message={message} />}
          </LongList>
          <Center>
            {listed.hasNextPage ? (
              <Button variant="default" loading={listed.isFetchingNextPage} onClick={() => void listed.fetchNextPage()}>
                {loadMore}
              </Button>
            ) : (
              <Text size="sm" c="dimmed">
                {all}
              </Text>
            )}
          </Center>
        </>
      )}
    </Page>
  )
}
