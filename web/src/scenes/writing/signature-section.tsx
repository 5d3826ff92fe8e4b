import { Button, Group, Text } from '@mantine/core'
import { showNotice } from '../../components/show-notice.ts'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getSignatureOptions, putSignatureMutation } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { RichText } from '../../components/rich-text/rich-text.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { PlaceholderHint } from './placeholder-hint.tsx'

const text = words.writing.signature

/** Signature of the signed-in person, for all mailboxes. */
export function SignatureSection() {
  const { data, error, refetch } = useQuery(getSignatureOptions())
  return (
    <Section title={text.title}>
      <Text size="sm">{text.sentence}</Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={2} />}
      {data && <SignatureForm key={data.html} stored={data.html} />}
    </Section>
  )
}

function SignatureForm({ stored }: { stored: string }) {
  const [html, setHtml] = useState(stored)
  const refresh = useRefresh('signature')
  const save = useOnce({
    ...putSignatureMutation(),
    onSuccess: async () => {
      showNotice({ message: text.saved })
      await refresh()
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate({ body: { html } })
      }}
    >
      <RichText label={text.label} html={html} onChange={setHtml} minHeight={80} />
      <PlaceholderHint only={['agent.name', 'agent.first_name', 'mailbox.name', 'mailbox.address']} />
      {save.error && <ProblemNotice error={save.error} />}
      {html !== stored && (
        <Group gap="xs" mt="xs">
          <Button type="submit" size="xs" loading={save.isPending}>
            {text.save}
          </Button>
          <Button size="xs" variant="default" onClick={() => setHtml(stored)}>
            {words.cancel}
          </Button>
        </Group>
      )}
    </form>
  )
}
