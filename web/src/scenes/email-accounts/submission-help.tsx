import { Code, List, Text } from '@mantine/core'
import type { Submission } from '../../api/client.ts'
import { CopyValue } from '../../components/copy-value.tsx'
import { words } from '../../words/index.ts'

/** Response of the server, verbatim, for its admin. */
export function ServerSaid({ detail }: { detail: string }) {
  return (
    <Text size="sm" c="dimmed">
      {words.outbox.said} <Code>{detail}</Code>
    </Text>
  )
}

/** Instructions to resolve an unknown submission. */
export function HowToDecide({
  message: { content, messageId },
}: {
  message: Pick<Submission, 'content' | 'messageId'>
}) {
  const { decide, noSubject } = words.outbox
  return (
    <div>
      <Text size="sm" fw={500}>
        {decide.title}
      </Text>
      <List size="sm" type="ordered">
        <List.Item>{decide.look(content.subject || noSubject)}</List.Item>
        <List.Item>{decide.there}</List.Item>
        <List.Item>{decide.missing}</List.Item>
      </List>
      <CopyValue name={decide.messageId} value={`<${messageId}>`} />
    </div>
  )
}
