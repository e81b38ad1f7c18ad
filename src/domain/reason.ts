/** Why a change is planned. Closed list; each has one sentence, shown wherever the change is shown. */
export const reasons = {
  'joined-source': 'is active at the source and has no account here',
  'matched-by-external-id': "an existing account carries this person's source key",
  'matched-by-email': 'an existing account has the same e-mail address',
  'matched-by-username': 'an existing account has the same username',
  'linked-already': 'is linked to this account already; from now on this connection vouches for it too',
  'attribute-differs': 'an attribute differs from what the source says',
  'returned-to-source': 'is active at the source again; we deactivated the account',
  'suspended-outside':
    'is active at the source; somebody else suspended the account, and here the source alone decides',
  'decided-by-person': 'a person decided it for this one',
  'linked-by-decision': 'a person decided that this account is theirs from now on',
  'disabled-at-source': 'the source says this person is disabled',
  'left-source': 'is no longer in the source, proven by a complete read',
  'left-scope': 'is still in the source but no longer in the scope of this connection',
  'left-by-rule': 'is still in the source as before; a changed rule of this connection leaves them out',
  'member-at-source': 'is a member of the source group',
  'default-for-all': 'is a default group of everybody in this connection',
  'default-for-new': 'is a default group of new accounts',
  'no-longer-member': 'is no longer a member of the source group; we granted this membership',
  'not-received': 'is not received from the source, and this group mirrors the source',
  'group-in-scope': 'the source group is in scope and has no group here',
  'group-name-taken': 'a group of that name exists here already',
  'group-received': 'the source group is in scope and fills this group',
  'group-gone': 'the source group is gone; we granted this membership',
  'read-changed': 'is missing only since what the source delivers was changed (file, filter or base)',
  'group-left-scope': 'no rule of this connection receives this group any more; we granted this membership',
  'rule-changed': 'the changed rule fills another group instead; we granted this membership',
  'access-wanted': 'a rule of this connection gives this access to everybody in scope',
  'access-not-wanted': 'no rule of this connection gives this access any more; we gave it',
  'access-ended-outside': 'somebody else already took this access away',
  'group-access': 'a rule of this connection lets the members of this group use the product',
  'leaver-leads': 'the person leaves and leads this; somebody else takes over before',
  'leaver-stage': 'the person has left and this stage of the leaver rule is due',
  'taken-on-leave': 'the person has left; no source gave this membership, so it is remembered and offered on return',
  'given-back': 'was taken when the person left; a person decided to give it back',
  'still-granted-elsewhere': 'another connection grants the same',
  'membership-ended-outside': 'somebody else already removed this membership',
  'undo-of-run': 'a person takes back what an earlier run did',
  'connection-retired': 'the connection that granted this is retired, and nobody else vouches for it',
} as const

export type ReasonCode = keyof typeof reasons

/** Why a change is held or blocked, or why nothing is planned for a person or group. Closed list. */
export const holdReasons = {
  // held by a guard (D18): a person may release it
  'guard:deactivations': 'more deactivations than the limit allows',
  'guard:deletions': 'more accounts would be deleted for good than the limit allows',
  'guard:membership-removals': 'more membership removals than the limit allows',
  'guard:group-removals': 'more removals within one group than the limit allows',
  'guard:groups-emptied': 'would leave a group empty',
  'guard:creates': 'more new accounts than the limit allows',
  'guard:identity-changes': 'more e-mail or username changes than the limit allows',
  'guard:admin-grants': 'gives somebody administration rights',
  'guard:group-adoption': 'a group with members exists already; a person decides whether to manage it',
  'guard:source-shrunk': 'the source delivered far fewer people than the last good read',
  'guard:source-group-shrunk': 'a source group delivered far fewer members than the last good read',
  'guard:attribute-vanished': 'a mapped attribute is suddenly empty for most people',
  'guard:first-run': 'first run of this connection: preview only until a person releases it',
  'guard:rules-changed': 'the rules of this connection changed: preview only until a person releases it',
  'guard:read-changed': 'what the source delivers was changed: preview only until a person releases it',
  'guard:upgraded': 'Muster was upgraded and could plan differently: preview only until a person releases it',
  'guard:target-fence': 'another Muster keeps this directory: nothing is applied until an administrator takes it over',
  'guard:undo': 'takes back an earlier run: never goes on without a person',
  'guard:rekeyed': 'the directory goes by another key since the last run: preview only until a person releases it',
  'guard:retirement': 'takes away what a connection granted: never goes on without a person',
  'guard:undone': 'the last run was an undo or a retirement: preview only until a person releases it',
  'guard:group-access': 'lets everybody in a group use a product; a person decides',
  'guard:linked-by-decision':
    'gives a person another account than the rules would: never goes on without somebody who looks',
  'guard:last-administrator': 'would leave a group that administers without an active member',
  // waits for another held or blocked change
  'waits-for': 'needs another change of this plan that is held or blocked',
  // blocked: never sent
  'correlation-ambiguous': 'more than one account could belong to this person; a person decides',
  'correlation-needs-person': 'the only match is an administrator or a look-alike; a person decides',
  'account-taken': 'the address or username belongs to another account',
  rehire: 'the account belongs to the record of somebody who left; a person decides whether it is the same person',
  'duplicate-email': 'two people of the source have the same e-mail address',
  'required-missing': 'an attribute the target needs is empty or unknown',
  'target-unproven': 'the target was not read completely, so an existing account could have been missed',
  'value-invalid': 'the mapped value is not acceptable to the target',
  'custom-too-large': 'the custom attributes of this account need more room than the target keeps',
  'other-directory': 'the account is in another directory of the organization',
  'account-switched-off': 'the account of this address is switched off as a whole; somebody must reactivate it first',
  'domain-not-verified': 'the target takes only addresses of domains the organization has verified',
  'account-gone': 'the linked account no longer exists in the target',
  'suspended-outside': 'somebody else suspended this account; only a person may reactivate it',
  'memberships-taken':
    'memberships that no source gives were taken when the person left; a person decides whether to give them back',
  'not-writable': 'the target does not let us write this account or group',
  'group-name-conflict': 'two source groups would become the same target group',
  'target-group-ambiguous':
    'several groups of the target have this name but for letter case or look-alike letters; name one exactly in a table row',
  'group-gone-in-target': 'the linked group no longer exists in the target',
  'group-name-invalid': 'the resulting group name is empty or too long',
  'group-protected': 'built-in administration groups are never taken by name',
  'not-offered': 'the target has no call for this',
  'lead-unassigned': 'leaves, and nobody is set, or able, to take over what they lead',
  seats: 'no licence seat is free',
  'would-send-mail': 'the target can create accounts only with a mail to the person; allow it with users.notify',
  'access-unknown': 'the target has no such product or role; nobody is given it, and nothing is taken away meanwhile',
  'access-wanted': 'a rule asks for a product that only this lets the person use, and nothing here can give it instead',
  'delete-and-create': 'one plan may not remove and create the same thing',
} as const

export type HoldReason = keyof typeof holdReasons

/** Why something stays as it is although somebody may have expected a change. Closed list; `muster why` tells them. */
export const standReasons = {
  'as-wanted': 'is as the source and the rules want it',
  // people and their accounts
  'out-of-scope': 'is not in the scope of this connection',
  'scope-unknown': 'something the scope asks for was not delivered; until it is, the person is left as they are',
  'inactive-without-account': 'the source says this person is disabled, and no account is linked that could be ended',
  'account-unseen': 'the target was not read completely, and the account was not among what was read',
  'waits-for-decision': 'a person has to decide first; see the work item',
  'kept-by-decision': 'a person decided that this stays as it is, until that is taken back',
  'waits-for-link': 'is to have another account, which waits for somebody to release it; nothing else is done before',
  'creation-off': 'this connection does not create accounts',
  forgotten: 'a person decided that this one gets no account',
  settling: 'was written a moment ago and cannot be seen in the target yet',
  untouchable: 'the account is our own or on the list of those that are never touched',
  'not-a-person': 'the account belongs to an app or a customer, and only accounts of people are changed',
  'reactivation-off': 'the account is switched off, and this connection does not switch accounts on again',
  'stage-not-due': 'has left or is disabled; until the first stage is due nothing changes',
  'stages-done': 'has left or is disabled, and the stages that are due have nothing left to do',
  'departure-unproven': 'is missing only since what the source delivers was changed; that proves no departure',
  'source-unproven': 'the source was not read completely; who or what is missing there proves nothing',
  'target-unproven': 'the target was not read completely here',
  'never-vouched': 'this connection never vouched for the account; another one does or did',
  'vouched-elsewhere': 'another connection vouches for the account, which therefore stays active',
  'claimed-anew': 'an active record of the source points to the same account; a person decides whose it is',
  // attributes
  'value-unknown': 'the source did not deliver what the value is made from; unknown is not empty',
  'value-hidden': 'the target does not show the value, so nobody can say whether it differs',
  'value-foreign': 'is empty at the source, and what stands here was not written by us',
  'only-if-empty': 'the rule only fills what is empty, and something stands here',
  'decided-above': 'a connection with a higher priority decides about this attribute',
  'update-off': 'this connection does not update accounts',
  'only-at-creation': 'the target takes this value only while the account is created',
  // memberships
  'membership-foreign': 'nobody of ours gave this membership, and the ownership of the group keeps those',
  'membership-not-adopted': 'is a member already and should be; existing memberships are not taken over here',
  'add-only': 'the ownership of the group is add-only: nobody is ever taken out',
  'given-once': 'was given once and ends only with the person',
  'granted-elsewhere': 'another connection grants the same',
  'group-protected': 'the group is protected: nobody is ever taken out by us',
  frozen: 'nothing of this person changes at present',
  'kept-by-access': 'comes with access to a product that a rule gives',
  'access-undecided': 'a rule for access cannot be understood, and meanwhile nobody loses what it may stand for',
  'membership-hidden': 'the target does not show the groups of this account at present',
  'leaver-keeps': 'has left, and no stage that is due takes this membership',
  'groups-off': 'this connection does not import groups, and leaves them as they are',
  'not-received': 'no rule of this connection puts the person into this group',
  'group-unfilled': 'no rule of this connection fills this group',
} as const

export type StandReason = keyof typeof standReasons

/** Why somebody leaves, by the signal that proves it. */
export function departureReason(signal: 'disabled' | 'left-source' | 'left-scope' | 'left-by-rule'): ReasonCode {
  return signal === 'disabled' ? 'disabled-at-source' : signal
}

/** True for reasons set by a guard, which a person may release. */
export function isGuardReason(reason: HoldReason): boolean {
  return reason.startsWith('guard:')
}
