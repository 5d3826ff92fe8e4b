import { Anchor, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { getConversationsIdCustomerOptions, type Conversation } from '../../../api/client.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Time } from '../../../components/time.tsx'
import { words } from '../../../words/index.ts'
import { AttachmentLink } from '../attachments.tsx'
import { asciiAddress, asciiDomain } from '../display-names.ts'
import { useMe } from '../../../session/session.ts'
import { EraseCustomer } from './erase-customer.tsx'
import { CustomerNote } from './customer-note.tsx'

/** Facts about the customer, in one request: contacts, other conversations, files and the team's note. */
export function CustomerPanel({ conversationId }: { conversationId: string }) {
  const { data, error, refetch } = useQuery(getConversationsIdCustomerOptions({ path: { id: conversationId } }))
  const isAdmin = useMe().role === 'admin'
  const texts = words.customer
  const problem = error && <ProblemNotice error={error} onRetry={() => void refetch()} />
  if (!data) return problem ?? <Skeleton height={96} role="status" aria-label={words.loading} />
  const { customer, names } = data
  if (!customer) return <Text size="sm">{texts.none}</Text>
  const { address, firstContactAt, lastContactAt, conversations, organization, ofOrganization, files, note } = customer
  return (
    <Stack gap="xs">
      {/* Above the facts, which stay: a text of the note is not lost. */}
      {problem}
      {customer.names.length > 0 && (
        <Text size="sm" fw={500} dir="auto">
          {customer.names.join(', ')}
        </Text>
      )}
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {asciiAddress(address)}
      </Text>
      {firstContactAt !== undefined && (
        <Text size="xs">
          {texts.first} <Time at={firstContactAt} />
          {lastContactAt !== undefined && (
            <>
              {' · '}
              {texts.last} <Time at={lastContactAt} />
            </>
          )}
        </Text>
      )}
      <CustomerNote
        key={address}
        conversationId={conversationId}
        note={note}
        author={note.authorId === undefined ? undefined : (names[note.authorId] ?? words.inbox.formerMember)}
      />
      <Conversations title={texts.conversations} of={conversations} />
      {organization !== undefined && (
        <Conversations title={texts.ofOrganization(asciiDomain(organization))} of={ofOrganization} />
      )}
      {files.length > 0 && (
        <section>
          <Text size="xs" fw={600} component="h4" my={4}>
            {texts.files}
          </Text>
          <Stack gap={6} align="flex-start">
            {files.map((file) => (
              <AttachmentLink key={file.id} file={file} />
            ))}
          </Stack>
        </section>
      )}
      {isAdmin && <EraseCustomer address={address} />}
    </Stack>
  )
}

function Conversations({ title, of }: { title: string; of: readonly Conversation[] }) {
  if (of.length === 0) return null
  return (
    <section>
      <Text size="xs" fw={600} component="h4" my={4}>
        {title}
      </Text>
      <Stack gap={6} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {of.map(({ id, subject, status, lastMessageAt }) => (
          <li key={id}>
            <Anchor
              size="sm"
              dir="auto"
              style={{ overflowWrap: 'anywhere' }}
              renderRoot={(props) => <Link {...props} to="/inbox/$conversationId" params={{ conversationId: id }} />}
            >
              {subject || words.inbox.noSubject}
            </Anchor>
            <Text size="xs" c="dimmed">
              {words.inbox.status[status]} · <Time at={lastMessageAt} />
            </Text>
          </li>
        ))}
      </Stack>
    </section>
  )
}
