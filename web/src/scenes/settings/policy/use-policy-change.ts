import { useMutation } from '@tanstack/react-query'
import { patchSignInPolicyMutation } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { showNotice } from '../../../components/show-notice.ts'

/** A change of the policy that confirms itself by a notice. */
export function usePolicyChange(notice: string, onDone: () => void = () => undefined) {
  const refresh = useRefresh('sign-in-policy', 'session', 'sessions')
  return useMutation({
    ...patchSignInPolicyMutation(),
    onSuccess: async () => {
      onDone()
      showNotice({ message: notice })
      await refresh()
    },
  })
}
