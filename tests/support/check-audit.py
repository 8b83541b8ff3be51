#!/usr/bin/env python3
"""Checks the audit chain of a terminal, and its envelopes, without any code of the terminal.

Usage: check-audit.py INDEX.DB [BLOBS-FOLDER AGE-IDENTITY-FILE]

Every event holds the SHA-256 of the one before it, and a checkpoint holds an Ed25519 signature over its place
and the hash before it. With a folder and an identity each envelope and attachment is opened with `age`.
The first line says the number of events, the second one how far they are signed, the last one `ok` or what is wrong.
Needs Python 3.9 and nothing else; signatures are checked when TERMINAL_KEY_HEX (raw public keys, by spaces) is set
and `openssl` is there. Ends with 0 (ok), 1 (wrong), or 2: nothing is wrong, and nobody vouches for it. That is said
when no event at all is signed, as in a chain of the first hour and in one that somebody wrote anew without its
checkpoints, or when more than UNSIGNED_AT_MOST come after the last checkpoint.
"""
import base64, hashlib, json, os, sqlite3, subprocess, sys, tempfile

# a terminal signs when a hundred events are not signed; a start that brings back items from sealed files adds more
UNSIGNED_AT_MOST = 1000


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def signed(key_hex, message, signature):
    # an Ed25519 public key as openssl takes it: RFC 8410
    der = bytes.fromhex('302a300506032b6570032100' + key_hex)
    with tempfile.TemporaryDirectory() as folder:
        names = {name: os.path.join(folder, name) for name in ('key', 'message', 'signature')}
        for name, data in (('key', der), ('message', message), ('signature', signature)):
            with open(names[name], 'wb') as file:
                file.write(data)
        return subprocess.run(
            ['openssl', 'pkeyutl', '-verify', '-pubin', '-keyform', 'DER', '-inkey', names['key'],
             '-rawin', '-in', names['message'], '-sigfile', names['signature']],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def check_signature(row, keys):
    key_id, _, signature = row[5].partition('.')
    message = f'bianmin-audit-checkpoint/1\n{row[0]}\n{row[6]}'.encode()
    raw = base64.urlsafe_b64decode(signature + '=' * (-len(signature) % 4))
    key = keys.get(key_id)
    if key is None or not signed(key, message, raw):
        return f'checkpoint {row[0]} is not signed by the terminal'
    return None


def check_chain(rows, keys):
    """What is wrong, and the last event that is signed; without keys the one that says so."""
    seq, before, signed_through = 1, '0' * 64, 0
    if rows and rows[0][0] > 1:
        seq, before = rows[0][0], rows[0][6]
    begins = f'{seq - 1}.{before}'
    for row in rows:
        if row[0] != seq:
            return f'event {row[0]} stands where {seq} belongs', signed_through
        if row[6] != before:
            return f'event {seq} does not name the one before it', signed_through
        text = 'bianmin-audit/1\n' + json.dumps(list(row[:7]), ensure_ascii=False, separators=(',', ':'))
        if sha256(text.encode()) != row[7]:
            return f'event {seq} was changed', signed_through
        if row[2] == 'checkpoint':
            wrong = check_signature(row, keys) if keys else None
            if wrong:
                return wrong, signed_through
            signed_through = seq
        seq, before = seq + 1, row[7]
    # old events were removed: a later one says after which hash the chain begins, and a checkpoint behind it signs that
    said = [row[5] for row in rows if row[2] == 'auditPruned' and row[0] < signed_through]
    if rows and rows[0][0] > 1 and (not said or said[-1] != begins):
        return f'what stood before event {rows[0][0]} was cut off', signed_through
    return None, signed_through


def opens(path, data, identity):
    done = subprocess.run(['age', '-d', '-i', identity], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    return None if done.returncode == 0 else f'{path}: {done.stderr.decode().strip()}'


def check_envelopes(database, blobs, identity):
    names = [row[0] for row in database.execute(
        'SELECT envelope_sha256 FROM item WHERE ciphertext_deleted = 0')]
    files = 0
    for name in names:
        with open(os.path.join(blobs, name), 'rb') as file:
            envelope = file.read()
        if sha256(envelope) != name:
            return files, f'{name} is not what its name says'
        line, _, body = envelope.partition(b'\n')
        magic, header64, _signature = line.split(b' ')
        if magic != b'bianmin-envelope/1':
            return files, f'{name} is no envelope'
        header = json.loads(base64.urlsafe_b64decode(header64 + b'=' * (-len(header64) % 4)))
        parts = [(name, body)]
        for attachment in header['attachments']:
            with open(os.path.join(blobs, attachment['sha256']), 'rb') as file:
                parts.append((attachment['sha256'], file.read()))
        for path, data in parts:
            wrong = opens(path, data, identity)
            if wrong:
                return files, wrong
            files += 1
    return files, None


def main():
    database = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True)
    rows = database.execute(
        'SELECT seq, time, event, submission_id, receipt_number, detail, prev_hash, hash '
        'FROM audit_event ORDER BY seq').fetchall()
    keys = {sha256(bytes.fromhex(key))[:8]: key for key in os.environ.get('TERMINAL_KEY_HEX', '').split()}
    print(f'{len(rows)} events')
    wrong, signed_through = check_chain(rows, keys)
    end = rows[-1][0] if rows else 0
    print(f'signed through {signed_through} of {end}' if keys else 'NO KEY GIVEN: no signature was checked')
    if wrong is None and len(sys.argv) > 3:
        files, wrong = check_envelopes(database, sys.argv[2], sys.argv[3])
        print(f'{files} sealed files opened')
    if wrong is None and keys and signed_through == 0:
        print('NOTHING IS SIGNED: these events may be anybody\'s')
        return 2
    if wrong is None and keys and end - signed_through > UNSIGNED_AT_MOST:
        print(f'NOTHING AFTER EVENT {signed_through} IS SIGNED: {end - signed_through} events may be anybody\'s')
        return 2
    print(wrong or 'ok')
    return 1 if wrong else 0


sys.exit(main())
