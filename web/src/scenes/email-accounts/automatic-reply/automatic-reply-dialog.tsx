import { Checkbox, Group, Modal, NativeSelect, Stack, Switch, Textarea, TextInput } from '@mantine/core'
import { showNotice } from '../../../components/show-notice.ts'
import { useState } from 'react'
import { putEmailAccountsIdAutomaticReplyMutation, type AutomaticReply } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { fieldFault } from '../../../components/field-fault.ts'
import { FormActions } from '../../../components/form-actions.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'

const { form, beginning } = words.automaticReply
const WHENS = ['always', 'within', 'outside'] as const

interface DialogProps {
  id: string
  /** Undefined when there was none. */
  reply: AutomaticReply | undefined
  onClose: () => void
}

export function AutomaticReplyDialog({ id, reply, onClose }: DialogProps) {
  const [isOn, setOn] = useState(reply?.isOn ?? false)
  const [subject, setSubject] = useState(reply?.subject ?? beginning.subject)
  const [text, setText] = useState(reply?.text ?? beginning.text)
  const [when, setWhen] = useState<(typeof WHENS)[number]>(reply?.hours?.answers ?? 'always')
  const [hours, setHours] = useState(() => reply?.hours ?? officeHours())
  const refresh = useRefresh('email-accounts')
  const save = useOnce({
    ...putEmailAccountsIdAutomaticReplyMutation(),
    onSuccess: async () => {
      showNotice({ message: form.saved })
      onClose()
      await refresh()
    },
  })
  const { days, from, to, timeZone } = hours
  return (
    <Modal opened onClose={onClose} title={form.title} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const wanted = when === 'always' ? {} : { hours: { ...hours, answers: when } }
          save.mutate({ path: { id }, body: { isOn, subject, text, ...wanted } })
        }}
      >
        <Stack gap="sm">
          {save.error && <ProblemNotice error={save.error} />}
          <Switch
            label={form.isOn}
            description={words.automaticReply.guards}
            checked={isOn}
            onChange={({ currentTarget }) => setOn(currentTarget.checked)}
          />
          <TextInput
            label={form.subject}
            required
            maxLength={500}
            dir="auto"
            value={subject}
            error={fieldFault(save.error, 'subject')}
            onChange={({ currentTarget }) => setSubject(currentTarget.value)}
          />
          <Textarea
            label={form.text}
            description={form.placeholders}
            required
            autosize
            minRows={5}
            maxRows={14}
            dir="auto"
            value={text}
            error={fieldFault(save.error, 'text')}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          <NativeSelect
            label={form.when}
            value={when}
            data={WHENS.map((value) => ({ value, label: form.whens[value] }))}
            onChange={({ currentTarget }) => setWhen(WHENS.find((each) => each === currentTarget.value) ?? 'always')}
          />
          {when !== 'always' && (
            <>
              <Checkbox.Group
                label={form.days}
                value={days.map(String)}
                onChange={(chosen) => setHours({ ...hours, days: chosen.map(Number).sort() })}
              >
                <Group gap="sm" mt={4}>
                  {form.dayNames.map((name, n) => (
                    <Checkbox key={name} value={String(n + 1)} label={name} />
                  ))}
                </Group>
              </Checkbox.Group>
              <Group gap="sm" align="flex-start">
                <TextInput
                  label={form.from}
                  type="time"
                  required
                  value={from}
                  onChange={({ currentTarget }) => setHours({ ...hours, from: currentTarget.value })}
                />
                <TextInput
                  label={form.to}
                  type="time"
                  required
                  value={to}
                  onChange={({ currentTarget }) => setHours({ ...hours, to: currentTarget.value })}
                />
                <TextInput
                  label={form.timeZone}
                  required
                  style={{ flex: '1 1 10rem' }}
                  value={timeZone}
                  onChange={({ currentTarget }) => setHours({ ...hours, timeZone: currentTarget.value })}
                />
              </Group>
            </>
          )}
          <FormActions submit={form.save} isPending={save.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  )
}

function officeHours(): NonNullable<AutomaticReply['hours']> {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  return { answers: 'outside', days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00', timeZone }
}
