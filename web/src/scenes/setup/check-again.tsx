import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { postCloudProvidersIdCheckMutation } from '../../api/client.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'

/** Checks again after a change at Microsoft. */
export function CheckAgain({ providerId: id, label }: { providerId: string; label: string }) {
  const queryClient = useQueryClient()
  const check = useMutation({
    ...postCloudProvidersIdCheckMutation(),
    onSettled: () => queryClient.invalidateQueries({ queryKey: [{ tags: ['cloud-providers'] }] }),
  })
  return (
    <>
      <Button loading={check.isPending} onClick={() => check.mutate({ path: { id } })}>
        {label}
      </Button>
      {check.error && <ProblemNotice error={check.error} />}
    </>
  )
}
