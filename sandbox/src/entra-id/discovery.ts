import type { Settings } from '../kernel/settings.ts'
import type { Authority } from './authority.ts'

/**
 * Discovery document. As at Microsoft, `code_challenge_methods_supported` is missing although PKCE is supported.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc
 */
export function discoveryDocument(authority: Authority, { named }: Settings): Record<string, unknown> {
  const { login, graph } = named
  const at = (path: string) => `${login}/${authority.segment}${path}`
  return {
    token_endpoint: at('/oauth2/v2.0/token'),
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: at('/discovery/v2.0/keys'),
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${login}/${authority.tenant?.id ?? '{tenantid}'}/v2.0`,
    request_uri_parameter_supported: false,
    userinfo_endpoint: `${graph}/oidc/userinfo`,
    authorization_endpoint: at('/oauth2/v2.0/authorize'),
    device_authorization_endpoint: at('/oauth2/v2.0/devicecode'),
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: at('/oauth2/v2.0/logout'),
    claims_supported: [
      'sub',
      'iss',
      'cloud_instance_name',
      'cloud_instance_host_name',
      'cloud_graph_host_name',
      'msgraph_host',
      'aud',
      'exp',
      'iat',
      'auth_time',
      'acr',
      'nonce',
      'preferred_username',
      'name',
      'tid',
      'ver',
      'at_hash',
      'c_hash',
      'email',
    ],
    kerberos_endpoint: at('/kerberos'),
    tenant_region_scope: authority.kind === 'tenant' ? authority.tenant.regionScope : null,
    cloud_instance_name: 'microsoftonline.com',
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: new URL(graph).host,
    rbac_url: 'https://pas.windows.net',
  }
}

/** Response of instance discovery, which MSAL requests for an unknown host. */
export function instanceDocument(authorizationEndpoint: string, { named }: Settings): Record<string, unknown> {
  const { host } = new URL(named.login)
  const tenant = URL.canParse(authorizationEndpoint) ? new URL(authorizationEndpoint).pathname.split('/')[1] : undefined
  return {
    tenant_discovery_endpoint: `${named.login}/${tenant ?? 'common'}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  }
}
