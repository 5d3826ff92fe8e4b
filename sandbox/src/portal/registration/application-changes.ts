/**
 * Changes to an application as JSON in Graph's format, from a manifest or a Graph request. Each property in the request
 * replaces the existing one; missing properties stay unchanged.
 *
 * @see https://learn.microsoft.com/graph/api/resources/application
 */
import type {
  Application,
  Directory,
  OptionalClaims,
  RequiredResourceAccess,
  SignInAudience,
  Tenant,
} from '../../tenants/index.ts'
import { faultOfIdentifierUri, findProblems } from './application-rules.ts'
import {
  fault,
  isEmpty,
  isGuid,
  type JsonObject,
  type Problem,
  readBoolean,
  readObject,
  readObjects,
  readString,
  readStrings,
} from './json-reader.ts'
import { readKeyCredentials } from './key-credentials.ts'

export const SIGN_IN_AUDIENCES: readonly SignInAudience[] = [
  'AzureADMyOrg',
  'AzureADMultipleOrgs',
  'AzureADandPersonalMicrosoftAccount',
  'PersonalMicrosoftAccount',
]

type Reader = (value: unknown, draft: Application, problems: Problem[]) => void

const textOrNull =
  (name: 'description' | 'notes', maxLength: number): Reader =>
  (value, draft, problems) => {
    if (value === null) draft[name] = null
    else draft[name] = readString(value, name, maxLength, problems) ?? draft[name] ?? null
  }

const READERS: Record<string, Reader> = {
  displayName(value, draft, problems) {
    draft.displayName = readString(value, 'displayName', 256, problems)?.trim() ?? draft.displayName
  },
  description: textOrNull('description', 1024),
  notes: textOrNull('notes', 1024),
  tags(value, draft, problems) {
    const tags = readStrings(value, 'tags', problems)
    if (tags?.some((tag) => tag === '' || tag.length > 256)) fault(problems, 'tags', 'has an empty or too long entry')
    draft.tags = [...new Set(tags ?? draft.tags)]
  },
  signInAudience(value, draft, problems) {
    const audience = SIGN_IN_AUDIENCES.find((one) => one === value)
    if (audience) draft.signInAudience = audience
    else fault(problems, 'signInAudience', `must be one of ${SIGN_IN_AUDIENCES.join(', ')}`)
  },
  identifierUris(value, draft, problems) {
    draft.identifierUris = [...new Set(readStrings(value, 'identifierUris', problems) ?? draft.identifierUris)]
  },
  isFallbackPublicClient(value, draft, problems) {
    draft.isFallbackPublicClient =
      value === null ? false : (readBoolean(value, 'isFallbackPublicClient', problems) ?? false)
  },
  web(value, draft, problems) {
    for (const [name, inner] of Object.entries(readObject(value, 'web', problems)))
      readWeb(name, inner, draft, problems)
  },
  spa: (value, draft, problems) => readRedirectUris('spa', value, draft, problems),
  publicClient: (value, draft, problems) => readRedirectUris('publicClient', value, draft, problems),
  requiredResourceAccess(value, draft, problems) {
    const apis = readObjects(value, 'requiredResourceAccess', problems)
    if (apis) draft.requiredResourceAccess = readRequiredResourceAccess(apis, problems)
  },
  keyCredentials(value, draft, problems) {
    const entries = readObjects(value, 'keyCredentials', problems)
    if (entries) draft.keyCredentials = readKeyCredentials(entries, draft.keyCredentials, problems)
  },
  passwordCredentials(value, draft, problems) {
    const entries = readObjects(value, 'passwordCredentials', problems) ?? []
    const kept = draft.passwordCredentials.filter(({ keyId }) => entries.some((entry) => entry['keyId'] === keyId))
    if (kept.length < entries.length) {
      // Graph's own wording.
      const message = 'New password credentials must be generated with service actions.'
      problems.push({ property: 'passwordCredentials', message })
    } else draft.passwordCredentials = kept
  },
  optionalClaims(value, draft, problems) {
    draft.optionalClaims = value === null ? null : readOptionalClaims(value, problems)
  },
  api(value, draft, problems) {
    const { requestedAccessTokenVersion: version, ...others } = readObject(value, 'api', problems)
    if (version !== undefined) {
      if (version === null || version === 1 || version === 2) draft.api = { requestedAccessTokenVersion: version }
      else fault(problems, 'api.requestedAccessTokenVersion', 'must be null, 1 or 2')
    }
    for (const [name, inner] of Object.entries(others)) refuseUnlessEmpty(`api.${name}`, inner, problems)
  },
}

/** Properties set by the directory; allowed in a manifest, but not in a request. */
const READ_ONLY = new Set([
  'id',
  'appId',
  'createdDateTime',
  'deletedDateTime',
  'publisherDomain',
  'verifiedPublisher',
  'certification',
  'applicationTemplateId',
  'disabledByMicrosoftStatus',
])

/** Properties of Microsoft's that the sandbox does not store; accepted only when empty. */
const NOT_KEPT = new Set([
  'addIns',
  'appRoles',
  'authenticationBehaviors',
  'defaultRedirectUri',
  'groupMembershipClaims',
  'info',
  'isDeviceOnlyAuthSupported',
  'nativeAuthenticationApisEnabled',
  'oauth2RequirePostResponse',
  'parentalControlSettings',
  'requestSignatureVerification',
  'samlMetadataUrl',
  'serviceManagementReference',
  'servicePrincipalLockConfiguration',
  'tokenEncryptionKeyId',
  'uniqueName',
])

export interface ChangeContext {
  directory: Directory
  tenant: Tenant
  /** `manifest`: properties set by the directory are allowed if unchanged. */
  source: 'manifest' | 'graph'
}

/** The changed application, and all problems in the changes. With problems, it must not be saved. */
export function changeApplication(
  before: Application,
  changes: JsonObject,
  { directory, tenant, source }: ChangeContext,
): { application: Application; problems: Problem[] } {
  const draft = structuredClone(before)
  const problems: Problem[] = []
  for (const [name, value] of Object.entries(changes)) {
    if (name.includes('@odata.')) continue
    const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined
    if (read) read(value, draft, problems)
    else if (READ_ONLY.has(name)) checkReadOnly(name, value, before, source, problems)
    else if (NOT_KEPT.has(name)) refuseUnlessEmpty(name, value, problems)
    else problems.push({ property: name, message: `Invalid property '${name}'.` })
  }
  if (problems.length === 0) {
    problems.push(...findProblems(draft, 'object'), ...problemsOfIdentifierUris(before, draft, directory, tenant))
  }
  return { application: draft, problems }
}

function readWeb(name: string, value: unknown, draft: Application, problems: Problem[]): void {
  const property = `web.${name}`
  if (name === 'redirectUris') {
    readRedirectUris('web', { redirectUris: value }, draft, problems)
    return
  }
  // A view of `redirectUris` by index that Graph adds to its responses.
  if (name === 'redirectUriSettings') return
  if (name === 'homePageUrl' || name === 'logoutUrl') {
    if (value === null || value === '') draft.web[name] = null
    else draft.web[name] = readString(value, property, 1024, problems) ?? null
    return
  }
  if (name !== 'implicitGrantSettings') {
    problems.push({ property, message: `Invalid property '${name}'.` })
    return
  }
  const settings = readObject(value, property, problems)
  for (const key of ['enableIdTokenIssuance', 'enableAccessTokenIssuance'] as const) {
    if (settings[key] == null) continue
    draft.web.implicitGrantSettings[key] = readBoolean(settings[key], `${property}.${key}`, problems) ?? false
  }
}

/** @see https://learn.microsoft.com/graph/api/resources/optionalclaims */
function readOptionalClaims(value: unknown, problems: Problem[]): OptionalClaims {
  const { idToken = [], ...others } = readObject(value, 'optionalClaims', problems)
  for (const [name, inner] of Object.entries(others)) refuseUnlessEmpty(`optionalClaims.${name}`, inner, problems)
  const entries = readObjects(idToken, 'optionalClaims.idToken', problems) ?? []
  return {
    idToken: entries.flatMap(({ name, essential }) => {
      if (name === 'auth_time') return [{ name, essential: essential === true }]
      fault(problems, 'optionalClaims.idToken', 'has a claim that this sandbox doesn’t issue; it has auth_time')
      return []
    }),
  }
}

function readRedirectUris(
  platform: 'web' | 'spa' | 'publicClient',
  value: unknown,
  draft: Application,
  problems: Problem[],
): void {
  const { redirectUris, ...others } = readObject(value, platform, problems)
  for (const name of Object.keys(others)) {
    problems.push({ property: platform, message: `Invalid property '${name}'.` })
  }
  if (redirectUris === undefined) return
  const uris = readStrings(redirectUris, `${platform}.redirectUris`, problems)
  if (uris) draft[platform].redirectUris = [...new Set(uris)]
}

function readRequiredResourceAccess(apis: JsonObject[], problems: Problem[]): RequiredResourceAccess[] {
  const property = 'requiredResourceAccess'
  const seen = new Set<string>()
  return apis.flatMap(({ resourceAppId, resourceAccess }) => {
    if (!isGuid(resourceAppId)) {
      fault(problems, `${property}.resourceAppId`, 'must be a GUID')
      return []
    }
    if (seen.has(resourceAppId)) fault(problems, property, `names the API ${resourceAppId} twice`)
    seen.add(resourceAppId)
    const entries = readObjects(resourceAccess, `${property}.resourceAccess`, problems) ?? []
    const permissions = new Map<string, { id: string; type: 'Scope' | 'Role' }>()
    for (const { id, type } of entries) {
      if (!isGuid(id)) fault(problems, `${property}.resourceAccess.id`, 'must be a GUID')
      else if (type !== 'Scope' && type !== 'Role')
        fault(problems, `${property}.resourceAccess.type`, 'must be Scope or Role')
      else permissions.set(`${type} ${id}`, { id, type })
    }
    return [{ resourceAppId, resourceAccess: [...permissions.values()] }]
  })
}

function checkReadOnly(name: string, value: unknown, before: Application, source: string, problems: Problem[]): void {
  if (source === 'manifest') {
    if (!Object.hasOwn(before, name) || before[name as keyof Application] === value) return
    problems.push({ property: name, message: `The property ${name} cannot be changed.` })
  } else problems.push({ property: name, message: `Property '${name}' is read-only and cannot be set.` })
}

function refuseUnlessEmpty(property: string, value: unknown, problems: Problem[]): void {
  if (!isEmpty(value)) fault(problems, property, 'is not kept by this sandbox and must stay empty')
}

function problemsOfIdentifierUris(
  before: Application,
  draft: Application,
  directory: Directory,
  tenant: Tenant,
): Problem[] {
  const property = 'identifierUris'
  const added = draft.identifierUris.filter((uri) => !before.identifierUris.includes(uri))
  const others = added.length === 0 ? [] : directory.applications.list(tenant.id).filter(({ id }) => id !== draft.id)
  return added.flatMap((uri): Problem[] => {
    const message = faultOfIdentifierUri(uri, draft, tenant)
    if (message !== undefined) return [{ property, message }]
    return others.some(({ identifierUris }) => identifierUris.includes(uri))
      ? [{ property, message: 'Another object with the same value for property identifierUris already exists.' }]
      : []
  })
}
