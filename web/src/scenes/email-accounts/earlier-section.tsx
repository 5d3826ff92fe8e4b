import { Button, Group, NativeSelect, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  getEmailAccountsIdClosingOptions,
  getEmailAccountsIdClosingPreviewOptions,
  patchEmailAccountsIdMutation,
  postEmailAccountsIdClosingMutation,
  postEmailAccountsIdClosingUndoMutation,
  type Closing as LatestClosing,
  type EmailAccount,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { language, words } from '../../words/index.ts'
import { announceChange, withdrawChange } from '../inbox/change-notice.tsx'
import { showFailure } from '../inbox/use-status.ts'

const text = words.emailAccounts.earlier
const number = new Intl.NumberFormat(language)
const CLOSES = ['1', '2', '7', '14', '30'] as const
const AGES = ['2', '7', '14', '30', '90', '365'] as const
type Age = (typeof AGES)[number]
/** The stored choice, which is a day. */
const AS_SET = 'as-set'
const NONE = 'none'

/** Conversations from before the mailbox was associated: those of imports, and those stored. */
export function EarlierSection({ account }: { account: EmailAccount }) {
  return (
    <Section title={text.title}>
      <Imports account={account} />
      <Closing account={account} />
    </Section>
  )
}

function Imports({ account: { id, importClosesBefore } }: { account: EmailAccount }) {
  const refresh = useRefresh('email-accounts')
  const save = useMutation({ ...patchEmailAccountsIdMutation(), onSuccess: refresh })
  const { closesOlder } = words.setupAssociate
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium' })
  const stored = importClosesBefore
    ? [{ value: AS_SET, label: text.asSet(day.format(new Date(importClosesBefore))) }]
    : []
  return (
    <>
      <NativeSelect
        label={text.imports}
        description={text.importsHint}
        value={importClosesBefore ? AS_SET : NONE}
        disabled={save.isPending}
        maw={420}
        data={[
          ...stored,
          ...CLOSES.map((value) => ({ value, label: closesOlder[value] })),
          { value: NONE, label: closesOlder.none },
        ]}
        onChange={({ currentTarget: { value } }) => {
          if (value === AS_SET) return
          save.mutate({ path: { id }, body: { closesOlderThanDays: value === NONE ? null : Number(value) } })
        }}
      />
      {save.error && <ProblemNotice error={save.error} />}
    </>
  )
}

function Closing({ account: { id } }: { account: EmailAccount }) {
  const [age, setAge] = useState<Age>('30')
  const [opened, dialog] = useDisclosure(false)
  const refresh = useRefresh('email-accounts')
  const progress = useQuery(getEmailAccountsIdClosingOptions({ path: { id } }))
  const preview = useQuery({
    ...getEmailAccountsIdClosingPreviewOptions({ path: { id }, query: { olderThanDays: Number(age) } }),
    enabled: opened,
    staleTime: 0,
  })
  const undo = useOnce({
    ...postEmailAccountsIdClosingUndoMutation(),
    // The button and the notice: the other one would be refused.
    onMutate: () => withdrawChange(id),
    onSuccess: refresh,
    onError: showFailure,
  })
  const begin = useOnce({
    ...postEmailAccountsIdClosingMutation(),
    onSuccess: async () => {
      dialog.close()
      announceChange(id, text.begun(text.ages[age]), () => undo.mutate({ path: { id } }))
      await refresh()
    },
  })
  const { count } = preview.data ?? {}
  const { latest } = progress.data ?? {}
  const figure = preview.data && figureOf(preview.data)
  const open = () => {
    // The refusal of an earlier attempt.
    begin.reset()
    dialog.open()
  }
  const isWorking = latest !== undefined && (latest.undo ?? latest).finishedAt === undefined
  return (
    <>
      <Group align="flex-end" gap="xs">
        <NativeSelect
          label={text.close}
          value={age}
          data={AGES.map((value) => ({ value, label: text.ages[value] }))}
          onChange={({ currentTarget }) => setAge(currentTarget.value as Age)}
        />
        <Button variant="default" disabled={isWorking} onClick={open}>
          {text.button}…
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        {text.closeHint}
      </Text>
      {latest && (
        <Group gap="xs">
          <Progress closing={latest} />
          {latest.undoUntil !== undefined && latest.closed > 0 && (
            <Button
              variant="default"
              size="compact-sm"
              loading={undo.isPending}
              onClick={() => undo.mutate({ path: { id } })}
            >
              {text.undo}
            </Button>
          )}
        </Group>
      )}
      {progress.error && <ProblemNotice error={progress.error} onRetry={() => void progress.refetch()} />}
      <ConfirmDialog
        opened={opened}
        onClose={dialog.close}
        title={text.confirmTitle(text.ages[age])}
        {...(!preview.error && { sentence: sentenceOf(count, figure) })}
        keeps={count ? text.keeps : []}
        confirm={count && figure ? text.confirm(count, figure) : text.button}
        busy={begin.isPending}
        waiting={!count || preview.isFetching}
        error={begin.error ?? preview.error}
        {...(!begin.error && preview.error && { onRetry: () => void preview.refetch() })}
        onConfirm={() => begin.mutate({ path: { id }, body: { olderThanDays: Number(age) } })}
      >
        {count ? <Text size="sm">{text.reopens}</Text> : undefined}
      </ConfirmDialog>
    </>
  )
}

function Progress({ closing: { closed, finishedAt, undo } }: { closing: LatestClosing }) {
  const figure = number.format(undo ? undo.reopened : closed)
  const since = undo ? undo.finishedAt : finishedAt
  if (since === undefined) {
    return (
      <Text size="sm" role="status">
        {undo ? text.reopening(figure) : text.working(figure)}
      </Text>
    )
  }
  return (
    <Text size="sm" c="dimmed" role="status">
      {undo ? text.reopened(undo.reopened, figure) : text.closed(closed, figure)} <Time at={since} />
    </Text>
  )
}

function sentenceOf(count: number | undefined, figure: string | undefined): string {
  if (count === undefined || figure === undefined) return text.counting
  return count === 0 ? text.none : text.effect(count, figure)
}

function figureOf({ count, most }: { count: number; most: number }): string {
  return count < most ? number.format(count) : words.orMore(number.format(most))
}
