import { Switch } from '@mantine/core'
import { showNotice } from '../../components/show-notice.ts'
import { useQuery } from '@tanstack/react-query'
import {
  getCloudProvidersIdDeviceCodeOptions,
  putCloudProvidersIdDeviceCodeMutation,
  type CloudProvider,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'

const text = words.cloudProviders.grants.deviceCode

/** Setting for sign-in with a code. Off until an admin has read the explanation. */
export function DeviceCodeAllowance({ provider: { id } }: { provider: CloudProvider }) {
  const { data, error } = useQuery(getCloudProvidersIdDeviceCodeOptions({ path: { id } }))
  const refresh = useRefresh('cloud-providers')
  const save = useOnce({
    ...putCloudProvidersIdDeviceCodeMutation(),
    onSuccess: async ({ isAllowed }) => {
      showNotice({ message: isAllowed ? text.on : text.off })
      await refresh()
    },
  })
  const failure = save.error ?? error
  return (
    <>
      {data && (
        <Switch
          label={text.label}
          description={text.hint}
          checked={data.isAllowed}
          disabled={save.isPending}
          onChange={({ currentTarget }) => save.mutate({ path: { id }, body: { isAllowed: currentTarget.checked } })}
        />
      )}
      {failure && <ProblemNotice error={failure} />}
    </>
  )
}
