import { Text } from '@mantine/core'
import { IconFileDiff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getMessagesIdVersionsOptions, type Message, type MessageVersion } from '../../../api/client.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { sizeWords } from '../../../components/sizes.ts'
import { Time } from '../../../components/time.tsx'
import { words } from '../../../words/index.ts'
import { Notice } from './notice.tsx'

/** Notice that the mail server replaced the content of a message, with the former content. */
export function ReplacedNotice({ message: { id } }: { message: Message }) {
  const { data, error, refetch } = useQuery(getMessagesIdVersionsOptions({ path: { id } }))
  const { replaced } = words.marks
  return (
    <Notice Sign={<IconFileDiff aria-hidden />} title={replaced.title} color="blue">
      <Text size="sm">{replaced.why}</Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data?.versions.map((version) => (
        <Text size="sm" key={version.id} style={{ overflowWrap: 'anywhere' }}>
          {replaced.earlier} <Time at={version.replacedAt} />: {contentOf(version)}
        </Text>
      ))}
    </Notice>
  )
}

function contentOf({ attachments, preview }: MessageVersion): string {
  const { replaced } = words.marks
  const files = attachments?.map(({ name, sizeBytes }) => replaced.file(name, sizeWords(sizeBytes))) ?? []
  return files.length > 0 ? files.join(', ') : replaced.text(preview)
}
