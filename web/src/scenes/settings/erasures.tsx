import { Button, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getErasuresOptions } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { ErasureDialog } from '../erasure/erasure-dialog.tsx'
import { ErasureSummary } from '../erasure/erasure-summary.tsx'

/** Erasures of people, with their reports. */
export function Erasures() {
  const { data, error, refetch } = useQuery(getErasuresOptions())
  const [opened, dialog] = useDisclosure(false)
  const text = words.erasure
  return (
    <Section
      title={text.title}
      actions={
        <Button size="xs" variant="default" onClick={dialog.open}>
          {text.act}
        </Button>
      }
    >
      <Text size="sm" c="dimmed">
        {text.hint}
      </Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={1} />}
      {data?.erasures.length === 0 && <Text size="sm">{text.none}</Text>}
      <Stack gap="sm">
        {data?.erasures.map((erasure) => (
          <ErasureSummary key={erasure.id} erasure={erasure} />
        ))}
      </Stack>
      <ErasureDialog opened={opened} onClose={dialog.close} />
    </Section>
  )
}
