import { Anchor, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { getRestoredBackupOptions, type RestoredBackup as Restored } from '../../api/client.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { Facts } from '../../components/facts.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { LongList } from '../../components/long-list.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { language, words } from '../../words/index.ts'
import { HeldMessage } from './held-message.tsx'
import { HeldMessagesActions } from './held-messages-actions.tsx'
import { SUMMARY_ID } from './use-held-decision.tsx'

const text = words.restoredBackup
const ROW_HEIGHT = 104
/** Absolute date, because it identifies the backup. */
const FROM = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' })

/** Messages that a restored backup may have sent already: found in Sent, or for an admin to decide. */
export function RestoredBackup() {
  const query = useQuery(getRestoredBackupOptions())
  const restored = query.data?.restoredBackup
  return (
    <Page
      title={text.title}
      actions={
        <Anchor component={Link} to="/incidents" size="sm">
          {words.incidents.title}
        </Anchor>
      }
    >
      {query.error && <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <LoadingRows rows={4} height={ROW_HEIGHT} />}
      {query.data && !restored && <EmptyState title={text.none.title} sentence={text.none.sentence} />}
      {restored && <Details restored={restored} />}
    </Page>
  )
}

function Details({ restored }: { restored: Restored }) {
  const { fromAt, seenAt, detectedAt, counts, messages } = restored
  return (
    <>
      <div role="status" id={SUMMARY_ID} tabIndex={-1}>
        <Text fw={600} mb={4}>
          {text.from(FROM.format(new Date(fromAt)))} {text.mayHaveBeenSent(counts.all)}
        </Text>
        <Text size="sm">{sentenceOf(restored)}</Text>
      </div>
      <Facts
        facts={[
          [text.facts.found, counts.found],
          [text.facts.held, counts.held],
          [text.facts.pending, counts.pending > 0 ? counts.pending : undefined],
          [text.facts.detected, <Time key="detected" at={detectedAt} />],
          [text.facts.seen, seenAt === undefined ? undefined : <Time key="seen" at={seenAt} />],
        ]}
      />
      {messages.length > 0 && (
        <Section
          title={text.list}
          actions={
            <Group gap="xs">
              <HeldMessagesActions counts={counts} />
            </Group>
          }
        >
          {counts.held > messages.length && <Text size="sm">{text.listed(messages.length, counts.held)}</Text>}
          <LongList
            label={text.list}
            items={messages}
            keyOf={({ submissionId }) => submissionId}
            rowHeight={ROW_HEIGHT}
          >
            {(message) => <HeldMessage message={message} />}
          </LongList>
        </Section>
      )}
    </>
  )
}

function sentenceOf({ counts, reason }: Restored): string {
  if (counts.held === 0) return counts.all === 0 ? text.nothingHeld : text.done
  return reason === 'unknown-host' ? text.unknownHost : text.sentence
}
