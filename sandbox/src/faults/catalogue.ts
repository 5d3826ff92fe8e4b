import { accountLocked } from './entra-id/account-locked.ts'
import { applicationDisabled } from './entra-id/application-disabled.ts'
import { applicationUnknown } from './entra-id/application-unknown.ts'
import { assignmentRequired } from './entra-id/assignment-required.ts'
import { certificateUnknown } from './entra-id/certificate-unknown.ts'
import { conditionalAccessBlock } from './entra-id/conditional-access-block.ts'
import { consentWithdrawn } from './entra-id/consent-withdrawn.ts'
import { deviceCodeBlocked } from './entra-id/device-code-blocked.ts'
import { deviceNotCompliant } from './entra-id/device-not-compliant.ts'
import { deviceNotJoined } from './entra-id/device-not-joined.ts'
import { deviceNotManaged } from './entra-id/device-not-managed.ts'
import { discoveryDown } from './entra-id/discovery-down.ts'
import { entraClockSkew } from './entra-id/entra-clock-skew.ts'
import { entraConnectionCut } from './entra-id/entra-connection-cut.ts'
import { entraHangs } from './entra-id/entra-hangs.ts'
import { entraMaintenancePage } from './entra-id/entra-maintenance-page.ts'
import { entraUnavailable } from './entra-id/entra-unavailable.ts'
import { loopDetected } from './entra-id/loop-detected.ts'
import { mfaEnrolmentRequired } from './entra-id/mfa-enrolment-required.ts'
import { mfaExpired } from './entra-id/mfa-expired.ts'
import { mfaRequired } from './entra-id/mfa-required.ts'
import { needAdminApproval } from './entra-id/need-admin-approval.ts'
import { noRefreshToken } from './entra-id/no-refresh-token.ts'
import { opaqueAccessTokens } from './entra-id/opaque-access-tokens.ts'
import { passwordChanged } from './entra-id/password-changed.ts'
import { passwordExpired } from './entra-id/password-expired.ts'
import { redirectUriMismatch } from './entra-id/redirect-uri-mismatch.ts'
import { refreshTokenInactive } from './entra-id/refresh-token-inactive.ts'
import { refreshTokenMaxLifetime } from './entra-id/refresh-token-max-lifetime.ts'
import { refreshTokenSinglePage } from './entra-id/refresh-token-single-page.ts'
import { resourceMissing } from './entra-id/resource-missing.ts'
import { resourceNotEnabled } from './entra-id/resource-not-enabled.ts'
import { secretExpired } from './entra-id/secret-expired.ts'
import { secretMissing } from './entra-id/secret-missing.ts'
import { secretWrong } from './entra-id/secret-wrong.ts'
import { securityDefaults } from './entra-id/security-defaults.ts'
import { servicePrincipalMissing } from './entra-id/service-principal-missing.ts'
import { sessionsRevoked } from './entra-id/sessions-revoked.ts'
import { shortAccessTokens } from './entra-id/short-access-tokens.ts'
import { signInFrequency } from './entra-id/sign-in-frequency.ts'
import { signingKeyRotated } from './entra-id/signing-key-rotated.ts'
import { singleTenantApplication } from './entra-id/single-tenant-application.ts'
import { strictRotation } from './entra-id/strict-rotation.ts'
import { tenantPolicyBlock } from './entra-id/tenant-policy-block.ts'
import { tenantUnknown } from './entra-id/tenant-unknown.ts'
import { tokenAnswerLost } from './entra-id/token-answer-lost.ts'
import { tokenEndpointThrottled } from './entra-id/token-endpoint-throttled.ts'
import { userConsentAdminOnly } from './entra-id/user-consent-admin-only.ts'
import { userDeleted } from './entra-id/user-deleted.ts'
import { userDisabled } from './entra-id/user-disabled.ts'
import type { Fault } from './fault.ts'
import { claimsChallenge } from './graph/claims-challenge.ts'
import { clientStateWrong } from './graph/client-state-wrong.ts'
import { deltaExpired } from './graph/delta-expired.ts'
import { deltaSilent } from './graph/delta-silent.ts'
import { deltaStuck } from './graph/delta-stuck.ts'
import { fullAccessWithdrawn } from './graph/full-access-withdrawn.ts'
import { graphClockSkew } from './graph/graph-clock-skew.ts'
import { graphConnectionCut } from './graph/graph-connection-cut.ts'
import { graphGatewayTimeout } from './graph/graph-gateway-timeout.ts'
import { graphHangs } from './graph/graph-hangs.ts'
import { graphInternalError } from './graph/graph-internal-error.ts'
import { graphThrottled } from './graph/graph-throttled.ts'
import { graphTruncatedJson } from './graph/graph-truncated-json.ts'
import { graphUnavailable } from './graph/graph-unavailable.ts'
import { lifecycleMissed } from './graph/lifecycle-missed.ts'
import { lifecycleReauthorizationRequired } from './graph/lifecycle-reauthorization-required.ts'
import { lifecycleSubscriptionRemoved } from './graph/lifecycle-subscription-removed.ts'
import { mailboxConcurrency } from './graph/mailbox-concurrency.ts'
import { mailboxFull } from './graph/mailbox-full.ts'
import { mailboxGone } from './graph/mailbox-gone.ts'
import { mailboxInfoStale } from './graph/mailbox-info-stale.ts'
import { mailboxUnlicensed } from './graph/mailbox-unlicensed.ts'
import { messageSize } from './graph/message-size.ts'
import { notificationsDelayed } from './graph/notifications-delayed.ts'
import { notificationsDropped } from './graph/notifications-dropped.ts'
import { notificationsDuplicated } from './graph/notifications-duplicated.ts'
import { odataDisabled } from './graph/odata-disabled.ts'
import { sendAnswerLost } from './graph/send-answer-lost.ts'
import { sendAsWithdrawn } from './graph/send-as-withdrawn.ts'
import { sendLimit } from './graph/send-limit.ts'
import { sentCopyLate } from './graph/sent-copy-late.ts'
import { serverBusy } from './graph/server-busy.ts'
import { subscriptionLost } from './graph/subscription-lost.ts'
import { imapAuthenticateFailed } from './imap/imap-authenticate-failed.ts'
import { imapBusyAtSignIn } from './imap/imap-busy-at-sign-in.ts'
import { imapByeAtOnce } from './imap/imap-bye-at-once.ts'
import { imapConnectionCut } from './imap/imap-connection-cut.ts'
import { imapCutInFetch } from './imap/imap-cut-in-fetch.ts'
import { imapDrips } from './imap/imap-drips.ts'
import { imapErrorChallenge } from './imap/imap-error-challenge.ts'
import { imapFolderNames } from './imap/imap-folder-names.ts'
import { imapHangs } from './imap/imap-hangs.ts'
import { imapIdleSilent } from './imap/imap-idle-silent.ts'
import { imapImpatient } from './imap/imap-impatient.ts'
import { imapMailboxOff } from './imap/imap-mailbox-off.ts'
import { imapMessageDamaged } from './imap/imap-message-damaged.ts'
import { imapNoGreeting } from './imap/imap-no-greeting.ts'
import { imapNotConnected } from './imap/imap-not-connected.ts'
import { imapSizesWrong } from './imap/imap-sizes-wrong.ts'
import { imapSlowSignIn } from './imap/imap-slow-sign-in.ts'
import { imapSpecialUse } from './imap/imap-special-use.ts'
import { imapThrottled } from './imap/imap-throttled.ts'
import { imapTokenExpired } from './imap/imap-token-expired.ts'
import { imapTooManySessions } from './imap/imap-too-many-sessions.ts'
import { imapUidNextMissing } from './imap/imap-uid-next-missing.ts'
import { imapUidValidity } from './imap/imap-uid-validity.ts'
import { imapUidValidityZero } from './imap/imap-uid-validity-zero.ts'
import { imapUnavailable } from './imap/imap-unavailable.ts'
import { imapVariant } from './imap/imap-variant.ts'
import { smtp421AfterDot } from './smtp/smtp-421-after-dot.ts'
import { smtpAnswerLost } from './smtp/smtp-answer-lost.ts'
import { smtpAuthOffMailbox } from './smtp/smtp-auth-off-mailbox.ts'
import { smtpAuthOffTenant } from './smtp/smtp-auth-off-tenant.ts'
import { smtpAuthenticationUnsuccessful } from './smtp/smtp-authentication-unsuccessful.ts'
import { smtpBusyAtSignIn } from './smtp/smtp-busy-at-sign-in.ts'
import { smtpConnectionCut } from './smtp/smtp-connection-cut.ts'
import { smtpCriteriaNotMet } from './smtp/smtp-criteria-not-met.ts'
import { smtpCutAfterDot } from './smtp/smtp-cut-after-dot.ts'
import { smtpCutBeforeDot } from './smtp/smtp-cut-before-dot.ts'
import { smtpGreylisted } from './smtp/smtp-greylisted.ts'
import { smtpHangs } from './smtp/smtp-hangs.ts'
import { smtpMailboxInaccessible } from './smtp/smtp-mailbox-inaccessible.ts'
import { smtpMessageSize } from './smtp/smtp-message-size.ts'
import { smtpNoAuth } from './smtp/smtp-no-auth.ts'
import { smtpNoGreeting } from './smtp/smtp-no-greeting.ts'
import { smtpNoSentCopy } from './smtp/smtp-no-sent-copy.ts'
import { smtpQuotaExceeded } from './smtp/smtp-quota-exceeded.ts'
import { smtpRecipientRefused } from './smtp/smtp-recipient-refused.ts'
import { smtpRecipientsLimit } from './smtp/smtp-recipients-limit.ts'
import { smtpSecurityDefaults } from './smtp/smtp-security-defaults.ts'
import { smtpSendAsDenied } from './smtp/smtp-send-as-denied.ts'
import { smtpSenderBlocked } from './smtp/smtp-sender-blocked.ts'
import { smtpSentCopyLate } from './smtp/smtp-sent-copy-late.ts'
import { smtpSlow } from './smtp/smtp-slow.ts'
import { smtpStoreUnavailable } from './smtp/smtp-store-unavailable.ts'
import { smtpTenantLimit } from './smtp/smtp-tenant-limit.ts'
import { smtpTooManyConnections } from './smtp/smtp-too-many-connections.ts'
import { smtpUnavailable } from './smtp/smtp-unavailable.ts'

/** All faults, in the order of the control panel. */
export const CATALOGUE: readonly Fault[] = [
  userConsentAdminOnly,
  consentWithdrawn,
  needAdminApproval,
  securityDefaults,
  mfaRequired,
  mfaEnrolmentRequired,
  mfaExpired,
  conditionalAccessBlock,
  deviceNotCompliant,
  deviceNotJoined,
  deviceNotManaged,
  tenantPolicyBlock,
  signInFrequency,
  deviceCodeBlocked,
  tenantUnknown,
  singleTenantApplication,
  applicationUnknown,
  applicationDisabled,
  servicePrincipalMissing,
  assignmentRequired,
  redirectUriMismatch,
  resourceNotEnabled,
  resourceMissing,
  secretExpired,
  secretWrong,
  secretMissing,
  certificateUnknown,
  userDisabled,
  userDeleted,
  accountLocked,
  passwordChanged,
  passwordExpired,
  sessionsRevoked,
  refreshTokenInactive,
  refreshTokenMaxLifetime,
  refreshTokenSinglePage,
  noRefreshToken,
  strictRotation,
  tokenAnswerLost,
  shortAccessTokens,
  opaqueAccessTokens,
  tokenEndpointThrottled,
  loopDetected,
  entraUnavailable,
  entraMaintenancePage,
  entraConnectionCut,
  entraHangs,
  discoveryDown,
  signingKeyRotated,
  entraClockSkew,
  graphThrottled,
  mailboxConcurrency,
  graphUnavailable,
  graphInternalError,
  graphGatewayTimeout,
  serverBusy,
  mailboxInfoStale,
  graphHangs,
  graphConnectionCut,
  graphTruncatedJson,
  claimsChallenge,
  mailboxUnlicensed,
  mailboxGone,
  fullAccessWithdrawn,
  odataDisabled,
  mailboxFull,
  deltaExpired,
  deltaStuck,
  deltaSilent,
  sendAsWithdrawn,
  sendLimit,
  messageSize,
  sentCopyLate,
  sendAnswerLost,
  subscriptionLost,
  notificationsDropped,
  notificationsDuplicated,
  notificationsDelayed,
  clientStateWrong,
  lifecycleMissed,
  lifecycleSubscriptionRemoved,
  lifecycleReauthorizationRequired,
  graphClockSkew,
  imapMailboxOff,
  imapNotConnected,
  imapAuthenticateFailed,
  imapErrorChallenge,
  imapBusyAtSignIn,
  imapSlowSignIn,
  imapTooManySessions,
  imapThrottled,
  imapUnavailable,
  imapTokenExpired,
  imapImpatient,
  imapByeAtOnce,
  imapNoGreeting,
  imapConnectionCut,
  imapHangs,
  imapCutInFetch,
  imapDrips,
  imapIdleSilent,
  imapUidValidity,
  imapUidValidityZero,
  imapUidNextMissing,
  imapVariant,
  imapSpecialUse,
  imapFolderNames,
  imapSizesWrong,
  imapMessageDamaged,
  smtpAuthOffTenant,
  smtpAuthOffMailbox,
  smtpAuthenticationUnsuccessful,
  smtpCriteriaNotMet,
  smtpSecurityDefaults,
  smtpSendAsDenied,
  smtpTooManyConnections,
  smtpQuotaExceeded,
  smtpStoreUnavailable,
  smtpSenderBlocked,
  smtpTenantLimit,
  smtpMailboxInaccessible,
  smtpMessageSize,
  smtpRecipientsLimit,
  smtpRecipientRefused,
  smtpGreylisted,
  smtpUnavailable,
  smtpNoGreeting,
  smtpConnectionCut,
  smtpCutBeforeDot,
  smtpCutAfterDot,
  smtpAnswerLost,
  smtp421AfterDot,
  smtpHangs,
  smtpSlow,
  smtpNoAuth,
  smtpBusyAtSignIn,
  smtpSentCopyLate,
  smtpNoSentCopy,
]
