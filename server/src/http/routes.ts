/** List of all routes. A route outside of this list is not served; `docs/routes.md` is generated from it. */
import { confirmAlertSettings } from './alert-settings/confirm.ts'
import { getAlertSettings } from './alert-settings/get.ts'
import { setAlertSettings } from './alert-settings/set.ts'
import { testAlertSettings } from './alert-settings/test.ts'
import { changeAlertWebhook } from './alert-webhooks/change.ts'
import { createAlertWebhook } from './alert-webhooks/create.ts'
import { removeAlertWebhook } from './alert-webhooks/remove.ts'
import { testAlertWebhook } from './alert-webhooks/test.ts'
import { listAlerts } from './alerts/list.ts'
import {
  approveAdmissionRequest,
  listAdmissionRequests,
  refuseAdmissionRequest,
} from './admission-requests/admission-requests.ts'
import { changeIdentityProvider } from './identity-providers/change.ts'
import { createIdentityProvider } from './identity-providers/create.ts'
import { listIdentityProviders } from './identity-providers/list.ts'
import { previewIdentityProviderRemoval } from './identity-providers/preview-removal.ts'
import { removeIdentityProvider } from './identity-providers/remove.ts'
import { testIdentityProvider } from './identity-providers/test.ts'
import { linkedSignInRoutes } from './linked-sign-ins/linked-sign-in-routes.ts'
import { beginOpenIdSignIn } from './openid-sign-ins/begin.ts'
import { openIdCallback } from './openid-sign-ins/callback.ts'
import { getSignInOptions } from './openid-sign-ins/options.ts'
import { createApiKey } from './api-keys/create.ts'
import { listApiKeys } from './api-keys/list.ts'
import { revokeApiKey } from './api-keys/revoke.ts'
import { downloadAttachment } from './attachments/download.ts'
import { getImage } from './attachments/get-image.ts'
import { exportAuditAsCsv, exportAuditAsJson } from './audit/export.ts'
import { listAudit } from './audit/list.ts'
import { beginAuthorization } from './authorizations/begin.ts'
import { getBackupStatus } from './backups/status.ts'
import { addCredential } from './cloud-providers/add-credential.ts'
import { changeCredential } from './cloud-providers/change-credential.ts'
import { checkCloudProvider } from './cloud-providers/check.ts'
import { createCloudProvider } from './cloud-providers/create.ts'
import { getCloudProvider } from './cloud-providers/get.ts'
import { getApplicationAccess } from './cloud-providers/get-application-access.ts'
import { listCredentials } from './cloud-providers/list-credentials.ts'
import { listCloudProviders } from './cloud-providers/list.ts'
import { listDependents } from './cloud-providers/list-dependents.ts'
import { previewCloudProviderRemoval } from './cloud-providers/preview-removal.ts'
import { removeCredential } from './cloud-providers/remove-credential.ts'
import { removeCloudProvider } from './cloud-providers/remove.ts'
import { tryCredential } from './cloud-providers/try-credential.ts'
import { updateCloudProvider } from './cloud-providers/update.ts'
import { listClouds } from './clouds/list.ts'
import { listServerPresets } from './server-presets/list.ts'
import { assignConversation } from './conversations/assign.ts'
import { closeConversation } from './conversations/close.ts'
import { getConversation } from './conversations/get.ts'
import { listConversations } from './conversations/list.ts'
import { exportConversation } from './conversations/export.ts'
import { getConversationCounts } from './conversations/get-counts.ts'
import { markSeen } from './conversations/mark-seen.ts'
import { markUnread } from './conversations/mark-unread.ts'
import { removeLegalHold, setLegalHold } from './conversations/legal-hold.ts'
import { downloadErasureReport, getErasure, listErasures, previewErasure, startErasure } from './erasures/erasures.ts'
import { getAccountRetention, previewAccountRetention, setAccountRetention } from './retention/of-account.ts'
import { getRetention, previewRetention, setRetention } from './retention/of-installation.ts'
import { setConversationPlace } from './conversations/set-place.ts'
import { snoozeConversation } from './conversations/snooze.ts'
import { waitForCustomer } from './conversations/wait.ts'
import { mergeConversation } from './conversations/merge.ts'
import { moveConversation } from './conversations/move.ts'
import { followConversation } from './conversations/follow.ts'
import { addNote } from './conversations/note.ts'
import { reopenConversation } from './conversations/reopen.ts'
import { splitConversation } from './conversations/split.ts'
import { endPresence } from './presence/leave.ts'
import { listPresence } from './presence/list.ts'
import { reportPresence } from './presence/report.ts'
import { applyCannedResponse } from './canned-responses/use.ts'
import { attachToCannedResponse } from './canned-responses/attach.ts'
import { createCannedResponse } from './canned-responses/create.ts'
import { detachFromCannedResponse } from './canned-responses/detach.ts'
import { getCannedResponse } from './canned-responses/get.ts'
import { listCannedResponses } from './canned-responses/list.ts'
import { removeCannedResponse } from './canned-responses/remove.ts'
import { updateCannedResponse } from './canned-responses/update.ts'
import { listRecipients } from './recipients/list.ts'
import { getSignature } from './signature/get.ts'
import { setSignature } from './signature/set.ts'
import { attachForwarded } from './drafts/attach-forwarded.ts'
import { attachToDraft } from './drafts/attach.ts'
import { examineInstallation, streamInstallation } from './doctor/examine.ts'
import { selfTest } from './doctor/self-test.ts'
import { createDraft } from './drafts/create.ts'
import { detachFromDraft } from './drafts/detach.ts'
import { getDraftImage } from './drafts/get-image.ts'
import { getDraft } from './drafts/get.ts'
import { listDrafts } from './drafts/list.ts'
import { removeDraft } from './drafts/remove.ts'
import { restoreDraft } from './drafts/restore.ts'
import { saveDraft } from './drafts/save.ts'
import { associateEmailAccount } from './email-accounts/associate.ts'
import { checkEmailAccount } from './email-accounts/check.ts'
import { chooseFolders } from './email-accounts/choose-folders.ts'
import { disconnectEmailAccount } from './email-accounts/disconnect.ts'
import { examineEmailAccount, streamEmailAccount } from './email-accounts/examine.ts'
import { getAccountHealth } from './email-accounts/get-health.ts'
import { getImport } from './email-accounts/get-import.ts'
import { listQuarantined } from './email-accounts/list-quarantined.ts'
import { getSenderChecks } from './email-accounts/get-sender-checks.ts'
import { getReconciliation } from './email-accounts/get-reconciliation.ts'
import { getLimits } from './email-accounts/get-limits.ts'
import { getEmailAccount } from './email-accounts/get.ts'
import { listFolders } from './email-accounts/list-folders.ts'
import { getAutomaticReply } from './automatic-reply/get.ts'
import { setAutomaticReply } from './automatic-reply/set.ts'
import { changeAccountActions } from './account-actions/change.ts'
import { getAccountActions } from './account-actions/get.ts'
import { retryAccountActions } from './account-actions/retry.ts'
import { listMembers } from './email-accounts/list-members.ts'
import { addAlias, readAliases, removeAlias, tryAlias } from './identities/aliases.ts'
import { createIdentity } from './identities/create.ts'
import { listIdentities } from './identities/list.ts'
import { removeIdentity } from './identities/remove.ts'
import { updateIdentity } from './identities/update.ts'
import { listOutbox } from './email-accounts/list-outbox.ts'
import { listEmailAccounts } from './email-accounts/list.ts'
import { lookForFolders } from './email-accounts/look-for-folders.ts'
import { pauseEmailAccount } from './email-accounts/pause.ts'
import { preflightEmailAccount } from './email-accounts/preflight.ts'
import { closeOldConversations, getClosing, previewClosing, undoClosing } from './email-accounts/close-old.ts'
import { previewImport } from './email-accounts/preview-import.ts'
import { previewRemoval } from './email-accounts/preview-removal.ts'
import { removeEmailAccount } from './email-accounts/remove.ts'
import { resumeEmailAccount } from './email-accounts/resume.ts'
import { sendTest } from './email-accounts/send-test.ts'
import { updateEmailAccount } from './email-accounts/update.ts'
import { printConversation } from './conversations/print.ts'
import { changeManyConversations } from './conversations/bulk.ts'
import { changeConversationTags } from './conversations/change-tags.ts'
import { listEvents } from './events/list.ts'
import { getGrantDependents } from './grants/get-dependents.ts'
import { acceptPrincipalRequest } from './email-accounts/accept-principal-request.ts'
import { checkBackupSignIn } from './email-accounts/check-backup-sign-in.ts'
import { chooseBackupSignIn } from './email-accounts/choose-backup-sign-in.ts'
import { dismissPrincipalRequest } from './email-accounts/dismiss-principal-request.ts'
import { listPrincipalRequests } from './email-accounts/list-principal-requests.ts'
import { makeBackupPrincipal } from './email-accounts/make-backup-principal.ts'
import { removeBackupSignIn } from './email-accounts/remove-backup-sign-in.ts'
import { tryPrincipalRequest } from './email-accounts/try-principal-request.ts'
import { allowDeviceCode, getDeviceCodeAllowance } from './cloud-providers/device-code.ts'
import { beginDeviceSignIn } from './device-sign-ins/begin.ts'
import { getDeviceSignIn } from './device-sign-ins/get.ts'
import { beginDeviceBySignInLink } from './sign-in-links/begin-device.ts'
import { streamEvents } from './events/stream.ts'
import { disconnectGrant } from './grants/disconnect.ts'
import { listGrants } from './grants/list.ts'
import { previewGrantRemoval } from './grants/preview-removal.ts'
import { graphNotifications } from './graph/notifications.ts'
import { acknowledgeIncident } from './incidents/acknowledge.ts'
import { getIncident } from './incidents/get.ts'
import { listIncidents } from './incidents/list.ts'
import { createInvitation } from './invitations/create.ts'
import { listInvitations } from './invitations/list.ts'
import { revokeInvitation } from './invitations/revoke.ts'
import { acceptLink } from './links/accept.ts'
import { previewLink } from './links/preview-link.ts'
import { mcp } from './mcp/mcp.ts'
import { drawAnswer } from './messages/draw-answer.ts'
import { getBody } from './messages/get-body.ts'
import { getSource } from './messages/get-source.ts'
import { getMessage } from './messages/get.ts'
import { keepTogether } from './messages/keep-together.ts'
import { downloadAttachments } from './messages/download-attachments.ts'
import { listAttachments } from './messages/list-attachments.ts'
import { listMessages } from './messages/list.ts'
import { listVersions } from './messages/list-versions.ts'
import { readAgain } from './messages/read-again.ts'
import { listNotifications } from './notifications/list.ts'
import { markNotificationsRead, markNotificationsUnread } from './notifications/mark-read.ts'
import {
  chooseNotifications,
  getNotificationPreferences,
  setNotificationPreferences,
} from './notifications/preferences.ts'
import { oauthCallback } from './oauth/callback.ts'
import { changeRole } from './people/change-role.ts'
import { getPerson } from './people/get.ts'
import { listPeople } from './people/list.ts'
import { makeResetLink } from './people/make-reset-link.ts'
import { removePerson } from './people/remove.ts'
import { resetFactors } from './people/reset-factors.ts'
import { setMemberships } from './people/set-memberships.ts'
import { decideHeldMail } from './restored-backup/decide.ts'
import { getRestoredBackup } from './restored-backup/get.ts'
import { completeSignIn } from './session/complete.ts'
import { getSession } from './session/get.ts'
import { passkeyRequestOptions, signInWithPasskey } from './session/passkey.ts'
import { getSecondSteps } from './session/second-steps.ts'
import { signIn } from './session/sign-in.ts'
import { signOut } from './session/sign-out.ts'
import { accountBatchRoutes } from './account-batches/account-batch-routes.ts'
import { connectSessionRoutes } from './connect-sessions/connect-session-routes.ts'
import { webhookRoutes } from './webhooks/webhook-routes.ts'
import { factorRoutes } from './factors/factor-routes.ts'
import { sessionRoutes } from './sessions/session-routes.ts'
import { beginBySignInLink } from './sign-in-links/begin.ts'
import { createSignInLink } from './sign-in-links/create.ts'
import { listSignInLinks } from './sign-in-links/list.ts'
import { previewSignInLink } from './sign-in-links/preview-sign-in-link.ts'
import { revokeSignInLink } from './sign-in-links/revoke.ts'
import { cancelSubmission } from './submissions/cancel.ts'
import { decideSubmission } from './submissions/decide.ts'
import { getSubmission } from './submissions/get.ts'
import { countSubmissions } from './submissions/count.ts'
import { listSubmissions } from './submissions/list.ts'
import { retrySubmission } from './submissions/retry.ts'
import { submit } from './submissions/submit.ts'
import { getCustomer, saveCustomerNote } from './conversations/customer.ts'
import { createSavedView } from './saved-views/create.ts'
import { listSavedViews } from './saved-views/list.ts'
import { removeSavedView } from './saved-views/remove.ts'
import { updateSavedView } from './saved-views/update.ts'
import { listServers } from './servers/list.ts'
import { getHealth, getLiveness, getReadiness } from './system/health.ts'
import { getMetrics } from './system/metrics.ts'
import { getErrorPage } from './docs/error-page.ts'
import { getOpenApi } from './system/openapi.ts'
import { getSecurityText } from './system/security-text.ts'
import { changeTag } from './tags/change.ts'
import { createTag } from './tags/create.ts'
import { listTags } from './tags/list.ts'
import { removeTag } from './tags/remove.ts'
import { restoreTag } from './tags/restore.ts'
import { confirmWorkOrder } from './work-orders/confirm.ts'
import { createWorkOrderLink } from './work-orders/create-link.ts'
import { drawWorkOrder } from './work-orders/draw.ts'
import { handBackWorkOrder } from './work-orders/hand-back.ts'
import { listWorkOrders } from './work-orders/list.ts'
import { previewWorkOrder } from './work-orders/preview-work-order.ts'
import { revokeWorkOrder } from './work-orders/revoke.ts'
import type { Rooms } from './rooms.ts'
import type { Route } from './route.ts'

export function createRoutes(rooms: Rooms): Route[] {
  return [
    getAlertSettings(rooms),
    setAlertSettings(rooms),
    confirmAlertSettings(rooms),
    testAlertSettings(rooms),
    createAlertWebhook(rooms),
    removeAlertWebhook(rooms),
    changeAlertWebhook(rooms),
    testAlertWebhook(rooms),
    listAlerts(rooms),
    listApiKeys(rooms),
    createApiKey(rooms),
    revokeApiKey(rooms),
    downloadAttachment(rooms),
    getImage(rooms),
    listAudit(rooms),
    exportAuditAsCsv(rooms),
    exportAuditAsJson(rooms),
    beginAuthorization(rooms),
    getBackupStatus(rooms),
    listCloudProviders(rooms),
    createCloudProvider(rooms),
    removeCloudProvider(rooms),
    getCloudProvider(rooms),
    updateCloudProvider(rooms),
    checkCloudProvider(rooms),
    listCredentials(rooms),
    addCredential(rooms),
    changeCredential(rooms),
    tryCredential(rooms),
    removeCredential(rooms),
    getDeviceCodeAllowance(rooms),
    allowDeviceCode(rooms),
    listDependents(rooms),
    getApplicationAccess(rooms),
    previewCloudProviderRemoval(rooms),
    listClouds(rooms),
    listConversations(rooms),
    getConversation(rooms),
    assignConversation(rooms),
    changeConversationTags(rooms),
    changeManyConversations(rooms),
    printConversation(rooms),
    exportConversation(rooms),
    getConversationCounts(rooms),
    closeConversation(rooms),
    getAccountRetention(rooms),
    previewAccountRetention(rooms),
    setAccountRetention(rooms),
    getRetention(rooms),
    previewRetention(rooms),
    setRetention(rooms),
    previewErasure(rooms),
    startErasure(rooms),
    listErasures(rooms),
    getErasure(rooms),
    downloadErasureReport(rooms),
    setConversationPlace(rooms),
    setLegalHold(rooms),
    removeLegalHold(rooms),
    addNote(rooms),
    followConversation(rooms),
    reopenConversation(rooms),
    markUnread(rooms),
    waitForCustomer(rooms),
    snoozeConversation(rooms),
    markSeen(rooms),
    beginDeviceSignIn(rooms),
    getDeviceSignIn(rooms),
    listPresence(rooms),
    reportPresence(rooms),
    endPresence(rooms),
    listCannedResponses(rooms),
    createCannedResponse(rooms),
    removeCannedResponse(rooms),
    getCannedResponse(rooms),
    updateCannedResponse(rooms),
    attachToCannedResponse(rooms),
    detachFromCannedResponse(rooms),
    applyCannedResponse(rooms),
    listRecipients(rooms),
    getSignature(rooms),
    setSignature(rooms),
    listDrafts(rooms),
    createDraft(rooms),
    removeDraft(rooms),
    restoreDraft(rooms),
    getDraft(rooms),
    saveDraft(rooms),
    attachToDraft(rooms),
    detachFromDraft(rooms),
    getDraftImage(rooms),
    attachForwarded(rooms),
    listServerPresets(),
    listEmailAccounts(rooms),
    associateEmailAccount(rooms),
    removeEmailAccount(rooms),
    getEmailAccount(rooms),
    updateEmailAccount(rooms),
    checkEmailAccount(rooms),
    disconnectEmailAccount(rooms),
    listFolders(rooms),
    chooseFolders(rooms),
    getAccountHealth(rooms),
    examineEmailAccount(rooms),
    streamEmailAccount(rooms),
    getImport(rooms),
    getReconciliation(rooms),
    getSenderChecks(rooms),
    listQuarantined(rooms),
    getLimits(rooms),
    listMembers(rooms),
    listIdentities(rooms),
    createIdentity(rooms),
    updateIdentity(rooms),
    removeIdentity(rooms),
    readAliases(rooms),
    addAlias(rooms),
    tryAlias(rooms),
    removeAlias(rooms),
    getAutomaticReply(rooms),
    setAutomaticReply(rooms),
    getAccountActions(rooms),
    changeAccountActions(rooms),
    retryAccountActions(rooms),
    pauseEmailAccount(rooms),
    previewRemoval(rooms),
    listPrincipalRequests(rooms),
    dismissPrincipalRequest(rooms),
    acceptPrincipalRequest(rooms),
    tryPrincipalRequest(rooms),
    resumeEmailAccount(rooms),
    sendTest(rooms),
    removeBackupSignIn(rooms),
    chooseBackupSignIn(rooms),
    checkBackupSignIn(rooms),
    makeBackupPrincipal(rooms),
    listOutbox(rooms),
    lookForFolders(rooms),
    previewImport(rooms),
    getClosing(rooms),
    previewClosing(rooms),
    closeOldConversations(rooms),
    undoClosing(rooms),
    preflightEmailAccount(rooms),
    streamEvents(rooms),
    listEvents(rooms),
    listGrants(rooms),
    disconnectGrant(rooms),
    getGrantDependents(rooms),
    previewGrantRemoval(rooms),
    graphNotifications(rooms),
    listIncidents(rooms),
    getRestoredBackup(rooms),
    decideHeldMail(rooms),
    getIncident(rooms),
    acknowledgeIncident(rooms),
    listInvitations(rooms),
    createInvitation(rooms),
    revokeInvitation(rooms),
    acceptLink(rooms),
    previewLink(rooms),
    listMessages(rooms),
    getMessage(rooms),
    getSource(rooms),
    readAgain(rooms),
    keepTogether(rooms),
    mergeConversation(rooms),
    moveConversation(rooms),
    splitConversation(rooms),
    drawAnswer(rooms),
    listAttachments(rooms),
    downloadAttachments(rooms),
    listVersions(rooms),
    getBody(rooms),
    mcp(rooms),
    listNotifications(rooms),
    getNotificationPreferences(rooms),
    setNotificationPreferences(rooms),
    chooseNotifications(rooms),
    markNotificationsRead(rooms),
    markNotificationsUnread(rooms),
    listIdentityProviders(rooms),
    createIdentityProvider(rooms),
    changeIdentityProvider(rooms),
    removeIdentityProvider(rooms),
    previewIdentityProviderRemoval(rooms),
    testIdentityProvider(rooms),
    getSignInOptions(rooms),
    beginOpenIdSignIn(rooms),
    openIdCallback(rooms),
    ...linkedSignInRoutes(rooms),
    listAdmissionRequests(rooms),
    approveAdmissionRequest(rooms),
    refuseAdmissionRequest(rooms),
    oauthCallback(rooms),
    listPeople(rooms),
    removePerson(rooms),
    getPerson(rooms),
    setMemberships(rooms),
    makeResetLink(rooms),
    resetFactors(rooms),
    changeRole(rooms),
    passkeyRequestOptions(rooms),
    signInWithPasskey(rooms),
    getSecondSteps(rooms),
    completeSignIn(rooms),
    signOut(rooms),
    getSession(rooms),
    ...sessionRoutes(rooms),
    ...factorRoutes(rooms),
    ...webhookRoutes(rooms),
    ...connectSessionRoutes(rooms),
    ...accountBatchRoutes(rooms),
    signIn(rooms),
    listSignInLinks(rooms),
    createSignInLink(rooms),
    revokeSignInLink(rooms),
    beginBySignInLink(rooms),
    beginDeviceBySignInLink(rooms),
    previewSignInLink(rooms),
    getCustomer(rooms),
    saveCustomerNote(rooms),
    listSavedViews(rooms),
    createSavedView(rooms),
    updateSavedView(rooms),
    removeSavedView(rooms),
    submit(rooms),
    listSubmissions(rooms),
    countSubmissions(rooms),
    getSubmission(rooms),
    cancelSubmission(rooms),
    decideSubmission(rooms),
    retrySubmission(rooms),
    examineInstallation(rooms),
    streamInstallation(rooms),
    selfTest(rooms),
    listServers(rooms),
    getLiveness(),
    getReadiness(rooms),
    getHealth(rooms),
    getMetrics(rooms),
    getErrorPage(),
    getOpenApi(),
    getSecurityText(rooms),
    listTags(rooms),
    createTag(rooms),
    removeTag(rooms),
    changeTag(rooms),
    restoreTag(rooms),
    listWorkOrders(rooms),
    createWorkOrderLink(rooms),
    revokeWorkOrder(rooms),
    confirmWorkOrder(rooms),
    drawWorkOrder(rooms),
    handBackWorkOrder(rooms),
    previewWorkOrder(rooms),
  ]
}
