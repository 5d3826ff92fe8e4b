import type { CreatedApiKey } from '../../api/client.ts'

/** Shell command that uses the key for something it may do. */
export function curlExample({ key, scopes }: Pick<CreatedApiKey, 'key' | 'scopes'>, origin: string): string {
  const may = (scope: CreatedApiKey['scopes'][number]) => scopes.includes(scope)
  const authorized = `curl -H 'Authorization: Bearer ${key}'`
  if (may('mail:read')) return `${authorized} '${origin}/v1/conversations?limit=5'`
  if (may('admin:read')) return `${authorized} '${origin}/v1/people'`
  if (may('mail:send')) {
    const message = { emailAccountId: '…', to: [{ address: 'customer@example.com' }], subject: 'Hello', text: 'Hello' }
    return `${authorized} -H 'Content-Type: application/json' -d '${JSON.stringify(message)}' '${origin}/v1/submissions'`
  }
  if (may('mail:write')) return `${authorized} -X POST '${origin}/v1/conversations/…/close'`
  return `${authorized} -X POST '${origin}/v1/email-accounts/…/check'`
}
