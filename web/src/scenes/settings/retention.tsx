import { Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getRetentionOptions, getRetentionPreviewOptions, putRetentionMutation } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { showNotice } from '../../components/show-notice.ts'
import { words } from '../../words/index.ts'
import { AgeSelect } from '../retention/age-select.tsx'
import { DeletionDialog } from '../retention/deletion-dialog.tsx'

const KINDS = ['eventsDays', 'alertsDays', 'auditDays', 'signInsDays'] as const
type Ages = { [kind in (typeof KINDS)[number]]?: number | undefined }

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
      {!data && !error && <LoadingRows rows={4} />}
      {data && <Fields stored={data} defaultDays={data.defaultDays} />}
    </Section>
  )
}

function Fields({ stored, defaultDays }: { stored: Ages; defaultDays: number }) {
  const text = words.retention
  const [ages, setAges] = useState<Ages>(stored)
  const [opened, dialog] = useDisclosure(false)
  const refresh = useRefresh('retention')
  const query = Object.fromEntries(KINDS.flatMap((kind) => (ages[kind] ? [[kind, ages[kind]]] : [])))
  const preview = useQuery({ ...getRetentionPreviewOptions({ query }), enabled: opened, staleTime: 0 })
  const save = useOnce({
    ...putRetentionMutation(),
    onSuccess: async () => {
      dialog.close()
      showNotice({ message: text.saved })
      await refresh()
    },
  })
  const effective = (of: Ages, kind: keyof Ages) =>
    of[kind] ?? (kind === 'eventsDays' || kind === 'alertsDays' ? defaultDays : Infinity)
  const isChanged = KINDS.some((kind) => ages[kind] !== stored[kind])
  const deletesMore = KINDS.some((kind) => effective(ages, kind) < effective(stored, kind))
  const confirm = () =>
    save.mutate({
      body: {
        eventsDays: ages.eventsDays ?? null,
        alertsDays: ages.alertsDays ?? null,
        auditDays: ages.auditDays ?? null,
        signInsDays: ages.signInsDays ?? null,
      },
    })
  const select = (kind: keyof Ages, label: string, none: string, description?: string) => (
    <AgeSelect
      label={label}
      {...(description !== undefined && { description })}
      none={none}
      value={ages[kind]}
      onChange={(days) => setAges({ ...ages, [kind]: days })}
    />
  )
  return (
    <>
      {select('eventsDays', text.events, text.byDefault(defaultDays), text.eventsHint)}
      {select('alertsDays', text.alerts, text.byDefault(defaultDays))}
      {select('auditDays', text.audit, text.never)}
      {select('signInsDays', text.signIns, text.never, text.signInsHint)}
      {!opened && save.error && <ProblemNotice error={save.error} />}
      {isChanged && (
        <Group gap="xs">
          <Button size="xs" loading={save.isPending} onClick={deletesMore ? dialog.open : confirm}>
            {deletesMore ? `${text.save}…` : text.save}
          </Button>
          <Button size="xs" variant="default" onClick={() => setAges(stored)}>
            {words.cancel}
          </Button>
        </Group>
      )}
      <DeletionDialog
        opened={opened}
        onClose={dialog.close}
        title={text.confirmTitle}
        counts={preview.isFetching ? undefined : preview.data}
        busy={save.isPending}
        error={save.error ?? preview.error}
        onRetry={save.error ? undefined : () => void preview.refetch()}
        onConfirm={confirm}
      />
    </>
  )
}
