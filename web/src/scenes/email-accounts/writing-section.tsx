import { NativeSelect, Switch } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { patchEmailAccountsIdMutation, type EmailAccount } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'

const text = words.emailAccounts.writing

/** Format of new messages, and the time zone of the line above a quotation. */
export function WritingSection({ account: { id, writesPlainText, timeZone } }: { account: EmailAccount }) {
  const refresh = useRefresh('email-accounts')
  const save = useMutation({ ...patchEmailAccountsIdMutation(), onSuccess: refresh })
  const wanted = save.isPending ? save.variables.body : {}
  return (
    <Section title={text.title}>
      <Switch
        label={text.plain}
        description={text.plainHint}
        checked={wanted.writesPlainText ?? writesPlainText}
        disabled={save.isPending}
        onChange={({ currentTarget }) =>
          save.mutate({ path: { id }, body: { writesPlainText: currentTarget.checked } })
        }
      />
      <NativeSelect
        label={text.timeZone}
        description={text.timeZoneHint}
        value={wanted.timeZone === undefined ? (timeZone ?? '') : (wanted.timeZone ?? '')}
        disabled={save.isPending}
        onChange={({ currentTarget: { value } }) =>
          save.mutate({ path: { id }, body: { timeZone: value === '' ? null : value } })
        }
        data={[{ value: '', label: text.ofAuthor }, ...zonesWith(timeZone)]}
      />
      {save.error && <ProblemNotice error={save.error} />}
    </Section>
  )
}

/** Time zones of this browser, and the stored one if the browser has another name for it. */
function zonesWith(stored: string | undefined): string[] {
  const zones = Intl.supportedValuesOf('timeZone')
  return stored === undefined || zones.includes(stored) ? zones : [stored, ...zones]
}
