-- Locks: the rows that change, and events against writing while an index is built; one pass over events and the audit list.
-- Kinds of events, actions of the audit list and kinds of alerts follow one grammar: `thing.happened`.
UPDATE events SET kind = renamed.after FROM (VALUES
  ('email_account.import_progress', 'email_account.import_progressed'),
  ('email_account.roads_changed', 'email_account.protocols_changed'),
  ('email_account.stand_by_changed', 'email_account.backup_sign_in_changed'),
  ('folder.gone', 'folder.removed'),
  ('message.gone', 'message.removed'),
  ('message.returned', 'message.restored'),
  ('message.kept_together', 'message.split_declined'),
  ('message.read_again', 'message.reparsed'),
  ('message.unfiled', 'message.filing_failed'),
  ('conversation.merged_away', 'conversation.superseded'),
  ('conversation.noted', 'conversation.note_added'),
  ('submission.sending', 'submission.sending_started'),
  ('submission.unknown', 'submission.outcome_lost'),
  ('principal_wish.made', 'principal_request.created'),
  ('principal_wish.dismissed', 'principal_request.dismissed'),
  ('submission.handed-over', 'submission.handed_over')
) AS renamed (before, after) WHERE kind = renamed.before;
DROP INDEX events_of_unsent;
CREATE INDEX events_of_unsent ON events (email_account_id, at)
  WHERE kind IN ('submission.failed', 'submission.outcome_lost');

UPDATE audit_entries SET action = renamed.after FROM (VALUES
  ('principal_wish.made', 'principal_request.created'),
  ('principal_wish.dismissed', 'principal_request.dismissed'),
  ('keys.rotated', 'encryption_key.rotated'),
  ('cloud_provider.credential_end_changed', 'cloud_provider.credential_expiry_changed'),
  ('grant.device_code_begun', 'device_sign_in.started'),
  ('submissions.send_held', 'submission.released'),
  ('submissions.discard_held', 'submission.discarded'),
  ('conversations.merge', 'conversation.merged'),
  ('conversations.split', 'conversation.split'),
  ('alerts.relay_changed', 'alert_relay.changed'),
  ('alerts.relay_removed', 'alert_relay.removed'),
  ('alerts.relay_tested', 'alert_relay.tested'),
  ('alerts.relay_confirmed', 'alert_relay.confirmed'),
  ('alerts.webhook_added', 'alert_webhook.added'),
  ('alerts.webhook_changed', 'alert_webhook.changed'),
  ('alerts.webhook_removed', 'alert_webhook.removed'),
  ('person.became_first_admin', 'person.first_admin_joined'),
  ('person.reset_link_made', 'person.reset_link_created'),
  ('person.chose_password', 'person.password_reset'),
  ('email_accounts.send_test', 'email_account.test_sent'),
  ('email_accounts.update', 'email_account.changed'),
  ('email_accounts.sends_by_graph_instead', 'email_account.send_protocol_changed'),
  ('email_accounts.change_servers', 'email_account.servers_changed'),
  ('email_accounts.principal_changed', 'email_account.principal_changed'),
  ('email_accounts.stand_by_changed', 'email_account.backup_sign_in_changed'),
  ('email_accounts.associate', 'email_account.associated'),
  ('email_accounts.pause', 'email_account.paused'),
  ('email_accounts.resume', 'email_account.resumed'),
  ('email_accounts.disconnect', 'email_account.disconnected'),
  ('email_accounts.remove', 'email_account.removed')
) AS renamed (before, after) WHERE action = renamed.before;

UPDATE alerts SET kind = 'incident.reminded' WHERE kind = 'incident.reminder';
UPDATE alerts SET kind = 'credential.expiry_announced' WHERE kind = 'credential.ending';
