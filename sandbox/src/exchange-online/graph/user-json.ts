import type { User } from '../../tenants/index.ts'

/** Graph's properties of a user without `$select`. @see https://learn.microsoft.com/graph/api/user-get */
const BY_DEFAULT = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
  'id',
]

export const USER_PROPERTIES: ReadonlySet<string> = new Set([
  ...BY_DEFAULT,
  'accountEnabled',
  'mailNickname',
  'otherMails',
  'proxyAddresses',
  'signInSessionsValidFromDateTime',
  'userType',
])

/** All supported properties of a user; {@link defaultUser} returns the default ones. */
export function userJson(user: User): Record<string, unknown> {
  const { givenName, surname } = splitName(user)
  return {
    businessPhones: [],
    displayName: user.displayName,
    givenName: givenName ?? null,
    jobTitle: null,
    mail: user.mail ?? null,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: user.preferredLanguage,
    surname: surname ?? null,
    userPrincipalName: user.userPrincipalName,
    id: user.id,
    accountEnabled: user.accountEnabled,
    mailNickname: user.userPrincipalName.split('@', 1)[0],
    otherMails: [],
    proxyAddresses: [
      ...(user.mail === undefined ? [] : [`SMTP:${user.mail}`]),
      ...(user.aliases ?? []).map((alias) => `smtp:${alias}`),
    ],
    signInSessionsValidFromDateTime: `${new Date(user.tokensValidFrom).toISOString().slice(0, 19)}Z`,
    userType: user.userType,
  }
}

export function defaultUser(json: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(BY_DEFAULT.map((name) => [name, json[name]]))
}

/** Splits the display name: the directory stores one name, Graph and OpenID Connect return two. */
export function splitName({ displayName }: User): { givenName: string | undefined; surname: string | undefined } {
  const [givenName, ...rest] = displayName.split(' ')
  return rest.length === 0 ? { givenName: undefined, surname: undefined } : { givenName, surname: rest.join(' ') }
}
