/** `Mail.Read` of `https://graph.microsoft.com/Mail.Read`: the last part is the permission, the rest its resource. */
export function permissionName(scope: string): string {
  return scope.slice(scope.lastIndexOf('/') + 1)
}

/**
 * Permissions that were requested but not granted. Microsoft omits `offline_access`, and sometimes openid and profile.
 */
export function missingScopes({ scopesRequested, scopesGranted }: Scopes): string[] {
  const granted = new Set(scopesGranted.map(comparable))
  return scopesRequested.filter((scope) => !OF_SIGN_IN.has(comparable(scope)) && !granted.has(comparable(scope)))
}

interface Scopes {
  scopesRequested: readonly string[]
  scopesGranted: readonly string[]
}

const OF_SIGN_IN: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access'])

function comparable(scope: string): string {
  return permissionName(scope).toLowerCase()
}
