#!/usr/bin/env python3
"""Checks the audit chain of a terminal, and its envelopes, without any code of the terminal.

Usage: check-audit.py INDEX.DB [BLOBS-FOLDER AGE-IDENTITY-FILE]

Every event holds the SHA-256 of the one before it, and a checkpoint holds an Ed25519 signature over its place
and the hash before it. With a folder and an identity each envelope and attachment is opened with `age`.
The first line says the number of events, the last one `ok` or what is wrong. Needs Python 3.9 and nothing else;
signatures are checked when TERMINAL_KEY_HEX (raw public keys, by spaces) is set and `openssl` is there.
"""
import base64, hashlib, json, os, sqlite3, subprocess, sys, tempfile


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


def check_chain(rows, keys):
    seq, before = 1, '0' * 64
    if rows and rows[0][0] > 1:
        # old events were removed: a later one, signed by a checkpoint behind it, says after which hash it begins
        seq, before = rows[0][0], rows[0][6]
        said = [row[5] for row in rows if row[2] == 'auditPruned']
        if not said or said[-1] != f'{seq - 1}.{before}':
            return f'what stood before event {seq} was cut off'
    for row in rows:
        if row[0] != seq:
            return f'event {row[0]} stands where {seq} belongs'
        if row[6] != before:
            return f'event {seq} does not name the one before it'
        text = 'bianmin-audit/1\n' + json.dumps(list(row[:7]), ensure_ascii=False, separators=(',', ':'))
        if sha256(text.encode()) != row[7]:
            return f'event {seq} was changed'
        if row[2] == 'checkpoint' and keys:
            key_id, _, signature = row[5].partition('.')
            message = f'bianmin-audit-checkpoint/1\n{seq}\n{before}'.encode()
            raw = base64.urlsafe_b64decode(signature + '=' * (-len(signature) % 4))
            key = keys.get(key_id)
            if key is None or not signed(key, message, raw):
                return f'checkpoint {seq} is not signed by the terminal'
        seq, before = seq + 1, row[7]
    return None


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
    wrong = check_chain(rows, keys)
    if wrong is None and len(sys.argv) > 3:
        files, wrong = check_envelopes(database, sys.argv[2], sys.argv[3])
        print(f'{files} sealed files opened')
    print(wrong or 'ok')
    return 1 if wrong else 0


sys.exit(main())
