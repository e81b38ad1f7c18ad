# Fills a Samba directory that is not running, about ten times as fast as over the wire. Standard input: JSON with
# `ldif`, `accounts` [{name, password}] and `hidden` {attributes, account, base}. Parameter: the folder of the directory.
import json
import sys

import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB
from samba.sd_utils import SDUtils

PER_TRANSACTION = 200

folder = sys.argv[1]
order = json.load(sys.stdin)
settings = LoadParm()
settings.load(folder + '/etc/smb.conf')
directory = SamDB(url=folder + '/private/sam.ldb', session_info=system_session(settings), lp=settings)

for account in order['accounts']:
    directory.newuser(account['name'], account['password'])

open_changes = 0
for kind, record in directory.parse_ldif(order['ldif']):
    if open_changes == 0:
        directory.transaction_start()
    if kind == ldb.CHANGETYPE_MODIFY:
        directory.modify(record)
    else:
        directory.add(record)
    open_changes += 1
    if open_changes == PER_TRANSACTION:
        directory.transaction_commit()
        open_changes = 0
if open_changes > 0:
    directory.transaction_commit()

hidden = order['hidden']
for name in hidden['attributes']:
    found = directory.search(directory.get_schema_basedn(), ldb.SCOPE_ONELEVEL, '(lDAPDisplayName=%s)' % name,
                             attrs=['schemaIDGUID'])
    guid = directory.schema_format_value('schemaIDGUID', found[0]['schemaIDGUID'][0]).decode()
    sid = directory.schema_format_value('objectSid', directory.search(
        directory.get_default_basedn(), ldb.SCOPE_SUBTREE, '(sAMAccountName=%s)' % hidden['account'],
        attrs=['objectSid'])[0]['objectSid'][0]).decode()
    # Deny reading this one property, here and below.
    SDUtils(directory).dacl_add_ace(hidden['base'], '(OD;CI;RP;%s;;%s)' % (guid, sid))
