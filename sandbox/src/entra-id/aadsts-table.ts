/**
 * The errors of Entra ID, one a line: code | OAuth error | suberror | location | evidence | message.
 *
 * Locations:
 * - `page`: only on a page of the login host
 * - `prompt`: beside a field of a sign-in page
 * - `redirect`: at the client's redirect URI, or on a page when there is none yet
 * - `token`: at the token endpoint
 *
 * Evidence covers the OAuth error and suberror: D Microsoft's documentation, O observed, C Microsoft's libraries, T
 * third parties, ? not confirmed. The `?` ones can be changed with `Errors.override`. The HTTP status is 401 for
 * `invalid_client` and 400 for the rest, unless the error is followed by a number.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
export const AADSTS_TABLE = `
16000 | interaction_required | | redirect | O | Either multiple user identities are available for the current request or selected account is not supported for the scenario.
28000 | invalid_scope | | token | ? | Provided value for the input parameter scope is not valid because it contains more than one resource. Scope {scope} is not valid.
28002 | invalid_scope | | token | ? | Provided value for the input parameter scope '{scope}' is not valid when requesting an access token. Please specify a valid scope.
28003 | invalid_scope | | token | ? | Provided value for the input parameter scope cannot be empty when requesting an access token using the provided authorization code. Please specify a valid scope.
50011 | invalid_client | | page | ? | The redirect URI '{redirectUri}' specified in the request does not match the redirect URIs configured for the application '{appId}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this error.
500011 | invalid_resource | | redirect | O | The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.
500112 | invalid_grant | | token | ? | The reply address '{redirectUri}' does not match the reply address '{expected}' provided when requesting Authorization code.
500113 | invalid_request | | page | ? | No reply address is registered for the application.
500133 | invalid_grant | | token | ? | Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, or request a new token.
50020 | invalid_grant | | page | ? | User account '{user}' from identity provider '{idp}' does not exist in tenant '{tenant}' and cannot access the application '{appId}'({appName}) in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Microsoft Entra user account.
500208 | invalid_request | | prompt | ? | The domain is not a valid login domain for the account type.
500212 | access_denied | | page | ? | The user's administrator has set an outbound access policy that does not allow access to the resource tenant.
500213 | access_denied | | page | ? | The resource tenant's cross-tenant access policy does not allow this user to access this tenant.
50027 | invalid_client | | token | ? | JWT token is invalid or malformed.
50033 | temporarily_unavailable 503 | | token | ? | A transient error has occurred. Please try again.
50034 | invalid_grant | bad_token | prompt | O | The user account {user} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory.
50048 | invalid_client | | token | ? | SubjectMismatchesIssuer - Subject mismatches Issuer claim in the client assertion.
50053 | invalid_grant | | prompt | ? | The account is locked, you've tried to sign in too many times with an incorrect user ID or password.
50055 | invalid_grant | user_password_expired | prompt | C | The password is expired.
50056 | invalid_grant | | prompt | ? | Invalid or null password: password does not exist in the directory for this user.
50057 | invalid_grant | | prompt | ? | The user account is disabled.
50058 | login_required | | redirect | D | A silent sign-in request was sent but no user is signed in.
50059 | invalid_request | | redirect | ? | No tenant-identifying information found in either the request or implied by any provided credentials.
50072 | interaction_required | | prompt | ? | User needs to enroll for multi-factor authentication.
50074 | interaction_required | | prompt | ? | Strong authentication is required and the user did not pass the MFA challenge.
50076 | invalid_grant | basic_action | token | O | Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '{resource}'.
50078 | invalid_grant | basic_action | token | ? | Presented multi-factor authentication has expired due to policies configured by your administrator, you must refresh your multi-factor authentication to access '{resource}'.
50079 | invalid_grant | basic_action | token | ? | Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access '{resource}'.
50089 | invalid_grant | | page | ? | Authentication failed due to flow token expired. Expected - auth codes, refresh tokens, and sessions expire over time or are revoked by the user or an admin.
50097 | invalid_grant | | token | ? | Device authentication is required.
50105 | access_denied | | page | ? | Your administrator has configured the application {appName} ('{appId}') to block users unless they are specifically granted ('assigned') access to the application. The signed in user '{user}' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator. Please contact your administrator to assign access to this application.
50126 | invalid_grant | | prompt | ? | Error validating credentials due to invalid username or password.
50128 | invalid_request | | redirect | ? | Invalid domain name - No tenant-identifying information found in either the request or implied by any provided credentials.
50129 | invalid_grant | | token | ? | Device is not workplace joined. Workplace join is required to register the device.
50131 | invalid_grant | | token | ? | Device is not in required device state. Conditional Access policy requires another device state, or the request was blocked due to suspicious activity.
50132 | invalid_grant | bad_token | token | ? | Session is not valid due to the following reasons: password expiration or recent password change.
50133 | invalid_grant | bad_token | token | ? | Session is invalid due to expiration or recent password change.
50135 | invalid_grant | | prompt | ? | Password change is required due to account risk.
50140 | interaction_required | | prompt | ? | This error occurred due to 'Keep me signed in' interrupt when the user was signing-in.
50147 | invalid_grant | | token | ? | The size of the code challenge parameter is not valid.
501481 | invalid_grant | | token | O | The Code_Verifier does not match the code_challenge supplied in the authorization request.
501491 | invalid_request | | redirect | ? | Invalid size of Code_Challenge parameter.
50173 | invalid_grant | bad_token | token | O | The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '{authTime}' and the TokensValidFrom date (before which tokens are not valid) for this user is '{validFrom}'.
50194 | invalid_request | | page | ? | Application '{appId}'({appName}) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.
50196 | temporarily_unavailable | | token | O | The server terminated an operation because it encountered a client request loop. Please contact your app vendor.
50199 | interaction_required | | prompt | ? | For security reasons, user confirmation is required for this request.
5002723 | invalid_client | | token | O | Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token header.
53000 | invalid_grant | message_only | token | ? | Device is not in required device state: {state}. Conditional Access policy requires a compliant device, and the device is not compliant.
53001 | invalid_grant | message_only | token | ? | Device is not in required device state: {state}. Conditional Access policy requires a domain joined device, and the device is not domain joined.
53003 | invalid_grant | message_only | token | O | Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.
530003 | invalid_grant | | token | ? | Your device is required to be managed to access this resource.
530032 | invalid_grant | | token | ? | Access has been blocked by the security policy of the tenant.
530035 | invalid_grant | | token | ? | Access has been blocked by security defaults. This is due to the request using legacy auth or being deemed unsafe by security defaults policies.
54005 | invalid_grant | | token | O | OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.
65001 | invalid_grant | consent_required | token | O | The user or administrator has not consented to use the application with ID '{appId}' named '{appName}'. Send an interactive authorization request for this user and resource.
65002 | invalid_client | | redirect | ? | Consent between first party application '{appId}' and first party resource '{resourceAppId}' must be configured via preauthorization - applications owned and operated by Microsoft must get approval from the API owner before requesting tokens for that API.
65004 | access_denied | | redirect | O | User declined to consent to access the app.
65005 | invalid_client | | redirect | ? | The app required resource access list does not contain apps discoverable by the resource or the client app has requested access to resource, which was not specified in its required resource access list.
650052 | invalid_grant | | redirect | O | The app needs access to a service ('{resource}') that your organization '{tenant}' has not subscribed to or enabled. Contact your IT Admin to review the configuration of your service subscriptions.
650053 | invalid_client | | redirect | ? | The application '{appName}' asked for scope '{scope}' that doesn't exist on the resource '{resourceAppId}'. Contact the app vendor.
650056 | invalid_client | | redirect | ? | Misconfigured application. This could be due to one of the following: the client has not listed any permissions for '{resource}' in the requested permissions in the client's application registration. Or, the admin has not consented in the tenant. Client app ID: {appId}.
650057 | invalid_resource | | redirect | ? | Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration. Client app ID: {appId}({appName}). Resource value from request: {resource}. Resource app ID: {resourceAppId}. List of valid resources from app registration: {registered}.
70000 | invalid_grant | | token | O | {reason}
70001 | unauthorized_client | | redirect | ? | The application '{appId}'({appName}) is disabled.
70002 | invalid_client | | token | ? | Error validating credentials. The specified client_secret does not match the expected value for this client.
70003 | unsupported_grant_type | | token | ? | The app requested an unsupported grant type '{grantType}'.
70005 | unsupported_response_type | | redirect | D | The app requested an unsupported response type '{responseType}'.
700054 | unsupported_response_type | | redirect | ? | response_type '{responseType}' is not enabled for the application.
70007 | invalid_request | | redirect | ? | '{responseMode}' is not a supported value of 'response_mode' when requesting a token.
70008 | invalid_grant | | token | ? | The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.
70011 | invalid_scope | | redirect | O | The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope '{scope}' is not valid. {reason}
70016 | authorization_pending | | token | O | OAuth 2.0 device flow error. Authorization is pending. Continue polling.
70017 | invalid_request | | token | ? | The request was not accepted.
70018 | bad_verification_code | | token | ? | Invalid verification code due to User typing in wrong user code for device code flow. Authorization is not approved.
70019 | expired_token | | token | ? | Verification code expired.
70020 | expired_token | | token | T | The provided value for the input parameter 'device_code' is not valid. This device code has expired.
70021 | invalid_request | | token | ? | No matching federated identity record found for presented assertion.
70043 | invalid_grant | token_expired | token | O | The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. The token was issued on {issued} and the maximum allowed lifetime for this request is {seconds}.
70044 | invalid_grant | | token | ? | The session has expired or is invalid due to sign-in frequency checks by conditional access.
700003 | invalid_grant | | token | ? | Device object was not found in the tenant '{tenant}' directory.
700005 | invalid_grant | | token | ? | Provided Authorization Code is intended to use against other tenant, thus rejected.
700016 | unauthorized_client | | page | O | Application with identifier '{appId}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.
700021 | invalid_client | | token | ? | Client assertion application identifier doesn't match 'client_id' parameter.
700022 | invalid_scope | | token | ? | The provided value for the input parameter 'scope' is not valid because it contains more than one resource.
700023 | invalid_client | | token | O | Client assertion audience claim does not match Realm issuer. Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials .
700024 | invalid_client | | token | ? | Client assertion is not within its valid time range. Current time: {now}, assertion valid from {from}, expiry time of assertion {to}.
700025 | invalid_client | | token | ? | Client is public so neither 'client_assertion' nor 'client_secret' should be presented.
700027 | invalid_client | | token | ? | The certificate with identifier used to sign the client assertion is not registered on application, or the assertion contains an invalid signature. [Reason - {reason}, Thumbprint of key used by client: '{thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{appId}'.]
700081 | invalid_grant | | token | ? | The refresh token has expired due to maximum lifetime.
700082 | invalid_grant | bad_token | token | ? | The refresh token has expired due to inactivity. The token was issued on {issued} and was inactive for {time}.
700084 | invalid_grant | | token | ? | The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of {time}, which cannot be extended. It is now expired and a new sign in request must be sent by the SPA to the sign in page. The token was issued on {issued}.
700213 | invalid_client | | token | ? | No matching federated identity record found for presented assertion issuer '{issuer}', subject '{subject}', audience '{audience}'.
7000112 | unauthorized_client | | redirect | ? | Application '{appId}'({appName}) is disabled.
7000114 | unauthorized_client | | token | ? | Application '{appId}' is not allowed to make application on-behalf-of calls.
7000215 | invalid_client | | token | O | Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{appId}'.
7000216 | invalid_client | | token | O | 'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.
7000218 | invalid_client | | token | O | The request body must contain the following parameter: 'client_assertion' or 'client_secret'.
7000222 | invalid_client | | token | O | The provided client secret keys for app '{appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.
7000229 | invalid_client | | token | O | The client application {appId} is missing service principal in the tenant {tenantId}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119
90002 | invalid_request | | page | O | Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.
90006 | temporarily_unavailable 503 | | token | ? | The service is temporarily unavailable. Please retry later.
90008 | invalid_grant | consent_required | redirect | ? | The user or administrator has not consented to use the application with ID '{appId}'. This happened because application is misconfigured: it must require access to Microsoft Entra ID by specifying at least 'Sign in and read user profile' permission.
90012 | temporarily_unavailable 503 | | token | ? | The request has timed out. Please try again.
90014 | invalid_request | | redirect | O | The required field '{name}' is missing from the credential. Ensure that you have all the necessary parameters for the request.
900144 | invalid_request | | redirect | O | The request body must contain the following parameter: '{name}'.
90015 | invalid_request | | page | ? | The query string is too long.
90019 | invalid_request | | page | ? | No tenant-identifying information found in the request.
90023 | invalid_request | | redirect | ? | {reason}
90024 | temporarily_unavailable 503 | | token | ? | A transient error has occurred. Please try again.
90033 | temporarily_unavailable 503 | | token | ? | A transient error has occurred. Please try again.
90038 | invalid_request | | page | ? | The specified tenant '{tenant}' belongs to another National Cloud. Current cloud instance does not federate with it.
90043 | invalid_request | | token | ? | NationalCloudAuthCodeRedirection - The feature is disabled.
900382 | invalid_request | | token | ? | Confidential Client is not supported in Cross Cloud request.
900432 | invalid_request | | token | ? | Confidential Client is not supported in Cross Cloud request.
90055 | temporarily_unavailable 429 | | token | ? | The request was rejected because there are too many incoming requests for the tenant.
900561 | invalid_request | | token | ? | The endpoint only accepts {allowed} requests. Received a {method} request.
90072 | invalid_grant | | page | ? | User account '{user}' from identity provider '{idp}' does not exist in tenant '{tenant}' and cannot access the application '{appId}'({appName}) in that tenant. The account needs to be added as an external user in the tenant first.
90094 | access_denied | | redirect | ? | The grant requires admin permission. {appName} needs permission to access resources in your organization that only an admin can grant.
90095 | access_denied | | page | ? | Admin consent is required for the permissions requested by this application. An admin consent request may be sent to the admin.
901002 | invalid_request | | redirect | ? | The 'resource' request parameter is not supported.
90133 | invalid_request | | token | ? | The grant type is not supported over the /{segment} endpoint.
9001023 | invalid_request | | token | ? | The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.
9002313 | invalid_request | | token | O | Invalid request. Request is malformed or invalid.
9002325 | invalid_request | | token | ? | Proof Key for Code Exchange is required for cross-origin authorization code redemption.
9002326 | invalid_request | | token | ? | Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request origin: '{origin}'.
9002327 | invalid_request | | token | ? | Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.
9002331 | invalid_request | | page | O | Application '{appId}'({appName}) is configured for use by Microsoft Account users only. Please use the /consumers endpoint to serve this request.
9002332 | invalid_request | | page | ? | Application '{appId}'({appName}) is configured for use by Microsoft Entra users only. Please do not use the /consumers endpoint to serve this request.
240002 | invalid_grant | | token | ? | Input id_token cannot be used as 'urn:ietf:params:oauth:grant-type:jwt-bearer' grant.
1002012 | invalid_scope | | token | O | The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).
1002016 | invalid_request | | token | ? | You are using TLS version 1.0, 1.1 and/or 3DES cipher which are deprecated to improve the security posture of Azure AD.`
