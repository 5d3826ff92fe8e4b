import { List, Radio, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getSignInPolicyPreviewOptions, type SignInPolicy, type SignInPolicyPreview } from '../../../api/client.ts'
import { clock } from '../../../clock.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { ExactDay } from '../../../components/exact-day.tsx'
import { words } from '../../../words/index.ts'
import { peopleToAdd } from './people-to-add.ts'
import { usePolicyChange } from './use-policy-change.ts'

export type FactorChoice = SignInPolicy['secondFactorFor']

const MINUTE_MS = 60 * 1000
const WEEK_MS = 7 * 24 * 60 * 60 * 1000
const MOST_NAMED = 10

interface ConfirmFactorProps {
  policy: SignInPolicy
  /** The present choice again changes the date only. */
  choice: Exclude<FactorChoice, 'no-one'>
  onClose: () => void
}

/** Confirms that people need a second factor: names those without one, and asks from when. */
export function ConfirmFactor({ policy, choice, onClose }: ConfirmFactorProps) {
  const { secondFactorFor: before, secondFactorFrom: from, adminsSecondFactorFrom: adminsFrom = from } = policy
  const text = words.signInPolicy
  const [when, setWhen] = useState(before === choice ? 'now' : 'week')
  const preview = useQuery({ ...getSignInPolicyPreviewOptions(), gcTime: 0, staleTime: 0 })
  const { data, error } = preview
  const change = usePolicyChange(when === 'now' ? text.required : text.requiredInWeek, onClose)
  const week = () => new Date(clock.now().getTime() + WEEK_MS)
  // The server requires it at once for a time that has passed: the clock of the browser can be ahead by seconds.
  const past = () => new Date(clock.now().getTime() - MINUTE_MS)
  const isKept = before !== 'no-one' && adminsFrom !== undefined && new Date(adminsFrom) < week()
  // Earlier than the others.
  const keptFrom = choice === 'everyone' && when === 'week' && isKept && adminsFrom
  // A later time of admins has no effect.
  const mayWait = choice === 'everyone' || !isKept
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={text.requireTitle[choice]}
      confirm={text.requireButton}
      waiting={!data}
      busy={change.isPending}
      error={change.error ?? error}
      {...(error && { onRetry: () => void preview.refetch() })}
      onConfirm={() =>
        change.mutate({
          body: { secondFactorFor: choice, secondFactorFrom: (when === 'now' ? past() : week()).toISOString() },
        })
      }
    >
      {data && (
        <Stack gap="sm">
          <PeopleToAdd people={peopleToAdd(data.withoutFactor, choice)} />
          {keptFrom && (
            <Text size="sm">
              {text.adminsKeep} <ExactDay at={keptFrom} />.
            </Text>
          )}
          <Radio.Group label={text.when} value={when} onChange={setWhen}>
            <Stack gap="xs" mt="xs">
              <Radio value="now" label={text.now} description={text.nowHint} />
              {mayWait && <Radio value="week" label={text.inWeek} description={text.inWeekHint} />}
            </Stack>
          </Radio.Group>
        </Stack>
      )}
    </ConfirmDialog>
  )
}

function PeopleToAdd({ people }: { people: SignInPolicyPreview['withoutFactor'] }) {
  const text = words.signInPolicy
  const more = people.length - MOST_NAMED
  return (
    <>
      <Text size="sm">{text.withoutFactor(people.length)}</Text>
      {people.length > 0 && (
        <List size="sm">
          {people.slice(0, MOST_NAMED).map(({ id, name, email, signsInByProvider }) => (
            <List.Item key={id} style={{ overflowWrap: 'anywhere' }}>
              {name} ({email}){signsInByProvider && `: ${text.alsoByProvider}`}
            </List.Item>
          ))}
          {more > 0 && <List.Item>{text.more(more)}</List.Item>}
        </List>
      )}
    </>
  )
}

/** Confirms that fewer people need a second factor. */
export function ConfirmFewer({ choice, onClose }: { choice: FactorChoice; onClose: () => void }) {
  const text = words.signInPolicy
  const isNoOne = choice === 'no-one'
  const change = usePolicyChange(isNoOne ? text.optional : text.onlyAdmins, onClose)
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={isNoOne ? text.optionalTitle : text.onlyAdminsTitle}
      sentence={isNoOne ? text.optionalSentence : text.onlyAdminsSentence}
      confirm={isNoOne ? text.optionalButton : text.onlyAdminsButton}
      destructive
      busy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate({ body: { secondFactorFor: choice } })}
    />
  )
}
