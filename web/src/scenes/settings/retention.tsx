import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRetentionOptions, getRetentionPreviewOptions, putRetentionMutation } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { showNotice } from '../../components/show-notice.ts'
import { words } from '../../words/index.ts'
import { RetentionForm } from '../retention/retention-form.tsx'
import { useAges, type Ages } from '../retention/use-ages.ts'

const KINDS = ['eventsDays', 'alertsDays', 'auditDays', 'signInsDays'] as const

/** Ages at which data of the installation is deleted. */
export function Retention() {
  const { data, error, refetch } = useQuery(getRetentionOptions())
  const text = words.retention
  return (
    <Section title={text.recordsTitle}>
      <Text size="sm" c="dimmed">
        {text.recordsHint}
      </Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={4} height={68} />}
      {data && <Fields stored={data} defaultDays={data.defaultDays} />}
    </Section>
  )
}

function Fields({ stored, defaultDays }: { stored: Ages<(typeof KINDS)[number]>; defaultDays: number }) {
  const text = words.retention
  const form = useAges({ kinds: KINDS, stored, defaults: { eventsDays: defaultDays, alertsDays: defaultDays } })
  const { query, opened } = form
  const refresh = useRefresh('retention')
  const preview = useQuery({ ...getRetentionPreviewOptions({ query }), enabled: opened, staleTime: 0 })
  const save = useOnce({
    ...putRetentionMutation(),
    onSuccess: async () => {
      form.close()
      showNotice({ message: text.saved })
      await refresh()
      form.forgetEdits()
    },
  })
  const byDefault = text.byDefault(defaultDays)
  return (
    <RetentionForm
      form={form}
      fields={[
        { kind: 'eventsDays', label: text.events, none: byDefault, description: text.eventsHint },
        { kind: 'alertsDays', label: text.alerts, none: byDefault },
        { kind: 'auditDays', label: text.audit },
        { kind: 'signInsDays', label: text.signIns, description: text.signInsHint },
      ]}
      preview={preview}
      saving={save}
      onSave={() => save.mutate({ body: form.body })}
      dialog={{
        title: text.confirmTitle,
      }}
    />
  )
}
