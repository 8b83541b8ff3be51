import { z } from 'zod';
import { MOST_FILES } from '../../domain/envelope/body.ts';
import { AUDIT_BATCH } from '../../domain/wire/audit.ts';
import { UNLOCK_EXAMPLE as EXAMPLE } from '../../domain/wire/unlock.ts';
import { type Content, type Operation, OPERATIONS, SHAPES, type ShapeName } from './operations.ts';
import { shapeTable } from './shape-table.ts';
import { PROBLEMS } from './wire.ts';

const INTRO = `# Platform contract

<!-- Made from platform/contract by platform/contract/write-manual.ts. Change it there. -->

What a self-service terminal and the platform say to each other, over HTTPS with JSON. The reference platform serves the same as OpenAPI 3.1 at \`/openapi.json\` and as pages at \`/docs\`. All times are ISO 8601 with zone. The only clock that counts is the platform's. No answer below \`/v1\` may be kept by a proxy (\`cache-control: no-store\`; a bundle is asked about each time, \`private, no-cache\`; \`platform/server/no-store.test.ts\`).

## The way of a terminal

1. **Enrol once.** The terminal makes an Ed25519 key and sends the public half with a one-time code to \`POST /v1/enrolments\`. It gets its id, its place (region and terminal number, the first 12 digits of its receipt numbers), its generation, the last receipt number the platform has seen of this place, and the bundle root, a key that it pins. When the answer is lost it asks again with the same code and key and gets the same answer; another key is refused, and so is a key that was revoked, by whatever code (\`revoked\`). Enrolling proves no private key, and public keys are public: a key that stands unrevoked at another place is refused there (\`conflict\`), or who revoked it there would revoke the rightful terminal. A terminal that moves to another place makes a new key (\`platform/server/revoked-key.full.test.ts\`). A platform that comes back from a backup older than the enrolment knows the terminal no more (\`unauthorised\`): it is asked again with the same code and key, and gives the same place.
2. **Know the time.** \`GET /v1/time?nonce=…\` is signed by the bundle root over the bytes of the body and repeats the nonce, so that a terminal whose clock stands in 1970 has something to believe.
3. **Get tokens.** \`POST /v1/tokens\` takes an assertion, a compact JWS (EdDSA by the terminal's key) with iss = sub = terminalId, aud = \`bianmin-platform\`, iat, exp at most five minutes later, and a jti that is used once. The token goes as \`Authorization: Bearer\`; it lasts as long as the answer says (\`expiresInSeconds\`), 15 minutes at the reference platform. After a 401 \`unauthorised\` get a new one; after \`revoked\` stop.
4. **Get bundles.** \`catalogue\`, \`keys\` and \`policy\` come as compact JWS by the bundle root. Check signature, kind and that the version grows; check the content whole; swap. Of a policy, settings that a terminal does not know count for nothing, and it tells its technician; a wrong value of one that it knows has the whole refused. A platform may have no policy (404): the terminal goes by its defaults. No version is given twice, not even by a platform that comes back from a backup (the reference platform: seconds since 2026, or one more than the last). \`keys\` has the age recipients to seal to, and the keys of all terminals, with which any terminal verifies receipts offline.
5. **Upload attachments.** Each is sealed and named by the SHA-256 of its ciphertext. \`HEAD\` tells where the platform stands (404: at 0), \`PATCH\` appends there. A terminal has uploads of its own: none can spoil another's. \`complete: true\` comes after the hash was checked and the file fsynced. Where all of it has come, \`HEAD\` reads it once more: what was cut short or changed on the platform's disk since is set aside as \`….damaged\`, the answer is 404, and the terminal sends it anew (\`platform/server/cut-papers.full.test.ts\`).
6. **Hand the item over.** \`PUT /v1/items/{submissionId}\` with the envelope file. Only 201 with a body of this contract counts as received, and then item and attachments are on the disk. \`Content-Digest\` says its SHA-256, so that a platform tells an envelope that a proxy cut short (\`hashMismatch\`: it goes again, however often) from one that is wrong (\`malformed\`; \`platform/server/cut-on-the-way.test.ts\`); with a platform that does not look at it, \`malformed\` may mean either, and the terminal asks three times within about an hour before it holds the item (\`main/core/sync/perhaps-cut.test.ts\`). An attachment that has another length there than the header says is read: one that was cut short since it came is missing (\`attachmentsMissing\`) and so sent anew; only where it is what its name says the header is wrong (\`malformed\`; \`platform/server/cut-papers.full.test.ts\`, \`tests/full/platform-lost-files.test.ts\`). The same bytes again give the very same body. Other bytes under the same id are kept beside the first and answered 409: a person must look. Whoever brings it, an item is taken that a terminal sealed which the platform knows: one that was enrolled anew, or moved to another place, still has items of before, and the feed tells it of them. What a key sealed that was revoked since is taken at its own place only; from another it is \`malformed\` with the \`reason\` \`sealerRevoked\`, until a person brings it on a stick; what was received before is not denied (\`platform/server/other-place.full.test.ts\`). The key that signed it tells whose it is, not the generation: a platform that came back from a backup may have forgotten that one, or given it to another terminal since (\`platform/server/came-back-older.full.test.ts\`).
7. **Follow the feed.** \`GET /v1/feed?after=…\` has the changes of this place's items, states only. An event whose state a terminal does not know is passed by, as a state of a receipt is: a later platform may have more of them (\`main/core/sync/feed-later-words.test.ts\`). Cursors grow, with gaps, and one that a platform gave before it came back from a backup it does not give again. Whoever asks \`after\` such a one, which no event of its place has now, is answered from where it asked last with one that is known, so that a page may end below what it was asked with: go on from its \`cursor\` (\`platform/cursors.full.test.ts\`). \`archivedThrough\` is the watermark: every item whose reception \`cursor\` is not above it lies in a backup that was read back and checked. Only then a terminal lets go of its ciphertext, and only after it has put the item once more and was answered with such a cursor: below the watermark may stand an item of which people have given lost files up, which lie in no backup. It is answered \`attachmentsMissing\`, and once its files are here again with a cursor of its own above the watermark, as if it had been received then (\`tests/full/platform-lost-files.test.ts\`). \`incomplete\` names items that were received and of which the platform has lost files since: a terminal that still has one puts it once more, whose answer is the first one again or \`attachmentsMissing\`, and what it has is as before (\`platform/server/lost-files.full.test.ts\`).
8. **Say how it is.** \`POST /v1/heartbeats\`, states only. The answer tells the ETags of the bundles in force: ask for those that are not yours. A bundle that was refused is not fetched again while its ETag is the same, but for one whose signature was wrong, which something on the way may have changed: once (\`main/core/sync/refused-bundle.test.ts\`). So mend it under another version. It is asked for anew when the terminal starts, or is enrolled under another root. One that cannot be had, or written, keeps nothing else waiting and is tried again ever more seldom, up to an hour.
9. **Send the audit.** The answer to a heartbeat says how far the platform holds the terminal's audit chain; \`POST /v1/audit/events\` takes what comes after, in order. See The audit chain.

What is wrong with a form is never an HTTP error: after reception the platform opens the body, checks it with the same validator as the terminal, and a wrong one becomes the case state \`invalid\`, which waits for a person. So does one whose body names more than ${MOST_FILES} files. Of the files that came with an item each is opened once, however often the body names it, and a platform that is stopped leaves those it has not yet opened to its next start (\`platform/review.full.test.ts\`). An item that no key opens which is in \`keys/\` now is no wrong one: it stays \`received\` and unreviewed, the log and the console (to operators and auditors) say how many wait, and each start tries again, so that it is enough to put the key back into \`keys/old/\` (\`platform/missing-key.full.test.ts\`).

## The envelope file

The first line is \`bianmin-envelope/1 <header> <signature>\`, both in base64url; the sealed body follows at once and is an age file, so that \`tail -n +2 FILE | age -d -i platform.age.txt\` opens it. The header is the JSON of \`EnvelopeHeader\`; the signature is Ed25519 by the terminal's key over everything before the second space. The opened body is the JSON of \`ApplicationBody\`, padded with spaces to a multiple of 4096 bytes. An opened attachment is \`size\` bytes long, as the body says, and filled up with zero bytes: PDF to multiples of 128 KiB, PNG of 32, JPEG of 16. So a length says nothing of name or address. Media type: \`application/vnd.bianmin.envelope\`.

## Receipts

The QR code on a receipt holds \`verifyBaseUrl\`, \`/r/\` and a token of 128 characters, signed by the terminal. \`GET /r/{token}\` is a page for people, \`GET /v1/receipts/{token}\` the same for programs: whether the signature is right, whether the item has arrived, differs (also where lost files of it are given up, so that neither a citizen nor a terminal is told that it is here whole) or has not arrived yet, and its state. Nothing of a person.

`;

const UNLOCKING = `## Unlocking a PIN

Staff and technicians come in by a PIN; five wrong ones lock it for half an hour. So that a passer-by cannot keep them out, the terminal then shows a challenge, somebody reads it to the platform, and the platform answers with a code that ends this one lock. The PIN is still asked for. It works without a line:

- \`unlockKey\` (32 bytes, of this terminal alone) comes with the enrolment. A platform that gives none has terminals whose locks end by waiting only.
- The challenge has 10 digits: 1 for staff or 2 for the technician, 8 random digits made when the lock began, and the check digit of ISO 7064 MOD 11,10 over the nine before it.
- The code has 8 digits: HMAC-SHA256 under \`unlockKey\` of \`bianmin-unlock/1 <terminalId> <challenge>\` in UTF-8; of its first 6 bytes, as a big-endian number, the last 8 decimal digits, with leading zeros.
- The lock ends with the code, and the next lock has another challenge: a code counts once. After a wrong code the terminal hears none for ten seconds.

Example: key \`${EXAMPLE.key}\`, terminal \`${EXAMPLE.terminalId}\`, challenge \`${EXAMPLE.challenge}\`: code \`${EXAMPLE.code}\`.

The reference platform derives every terminal's key from \`keys/unlock-secret.txt\`, gives codes to operators in the console and to \`POST /v1/admin/terminals/{terminalId}/unlock-codes\`, and logs each.

`;

const AUDIT = `## The audit chain

Every event holds the SHA-256 of the one before it. \`hash\` is the SHA-256 (hex) of \`bianmin-audit/1\`, a line feed, and the JSON list, without spaces, of seq, time, event, submissionId, receiptNumber, detail and prevHash. In a \`checkpoint\` the terminal signs all before it: \`detail\` is its key id, a dot, and its Ed25519 signature (base64url) over \`bianmin-audit-checkpoint/1\`, the seq and the prevHash, joined by line feeds. Nothing of a person stands in any event.

A terminal sends while no item waits for its turn, at any hour (on a line that is paid by the byte, too), at most ${AUDIT_BATCH} events (some 30 KB) at once. The answer to a heartbeat, \`audit\`, says where the platform stands; a platform that leaves it out is sent nothing. A terminal that knows this place goes on after it. One that does not (its index was lost, or another machine sends under its name) asks with \`POST /v1/audit/positions\`, telling places of its own. A platform that came back from a backup says that it stands earlier, and is sent the rest again. \`offsetMismatch\` (the event before is not held) means: ask again.

The platform checks every hash, link and signature. \`hashMismatch\`: the events are no chain, and nothing was kept. A chain that branches off (a disk was copied, or lost its last commits), that begins anew (an index was lost) or whose beginning is not held is kept beside the first one, and the console says so, as it does of a signature that is of no terminal that it knows. What a key of another place signed, where the terminal may have stood before, is not told as odd, and vouches for nothing (\`platform/moved-terminal.full.test.ts\`). Whatever lies in a backup that was read back is told as \`archivedSeq\`.

`;

const RUNNING = `## Running the reference platform

\`npm run platform -- --port N --data DIR [--host ADDRESS] [--config FILE] [--new-keys] [--die-with-parent]\` prints one JSON line when it serves: \`{"ready":true,"part":"platform","url","console","docs","contract","adminTokenFile","ageIdentityFile","users":[{"name","role","password"}]}\`. Its log goes to stderr and holds no personal data. SIGTERM and SIGINT stop it; with \`--die-with-parent\` so does the end of its standard input. A bad argument or configuration ends it with code 2 and says why. Without a configuration it plays the demonstration: demo catalogue, demo users, the demo enrolment code good again and again.

\`--config FILE\` is JSON; every member may be left out:

| member | meaning |
|---|---|
| \`environment\` | \`demo\` (default) or \`production\`, which has no demo users or codes and refuses crash points and reusable codes |
| \`publicUrl\` | address that people reach it by, for receipts' QR codes and secure cookies |
| \`trustedProxies\` | list of addresses and ranges (\`"127.0.0.1"\`, \`"10.1.0.0/16"\`) of the TLS proxies before the platform; default none. Requests and wrong enrolment codes are counted by address: behind a proxy that is not named here everybody is one address, and anybody's ten wrong codes bar enrolment for all. A proxy that is named must set \`X-Forwarded-For\`, or append the address it was asked from; of what stands there the last address that is no trusted proxy counts, without the port that some write behind it; IPv6 addresses are counted by their network of 64 bits; what is no address counts as the proxy (\`platform/server/trusted-proxies.full.test.ts\`) |
| \`catalogueFile\` | catalogue to publish; checked whole at the start |
| \`policy\` | content of the policy bundle; a setting that does not exist or has a wrong value is refused at the start, and so is \`environment\` \`demo\` in production (\`scripts/platform.full.test.ts\`). Left out: the policy of demonstrations in \`demo\`; in \`production\` none is published, and what was published last, if anything was, is still given |
| \`enrolmentCodes\` | list of {code, region, terminal, reusable} |
| \`users\` | list of {name, role: \`clerk\`, \`auditor\` or \`operator\`, password}; kept as scrypt hashes |
| \`archiveEveryMs\` | how often a backup is made when an item or case moved, or a terminal or code was added, used or revoked (\`platform/archive-registry.full.test.ts\`); what only the access log or an audit chain gained comes with the next; default 5000; 0: only on demand |
| \`auditDays\` | how long audit events are kept from their arrival on, in days in which the platform ran; default 1095, never below 180. No clock is asked, so that none that jumps takes them away: what counts is how long the platform ran, noted at most once an hour, with a batch of events; what it ran since the last note is left out when it ends, so that events stay longer, never shorter (\`tests/audit/kept-by-the-platform.test.ts\`). Events of a database of before count from the first note on |
| \`limits\` | {attachmentBytes 20971520, envelopeBytes 1048576, requestsPerMinute 3000}; requests a minute of one terminal, or of one address without a token, where \`POST /v1/tokens\` is counted apart from all else (\`platform/server/trusted-proxies.full.test.ts\`) |

The data folder (mode 0700):

| path | what |
|---|---|
| \`platform.sqlite\` | items, cases, feed, terminals, their audit chains, bundles (each catalogue, for forms are judged by the one they were filled in under; of keys and policy the newest: \`platform/bundle-versions.full.test.ts\`), access log; WAL, synchronous=FULL; a copy is kept before each migration, also those of earlier times, each state once; a migration is refused while another process reads the database |
| \`envelopes.sqlite\` | envelopes of up to 256 KB, each by the SHA-256 of its bytes: those that come at once pay for one write to the disk. \`sqlite3 envelopes.sqlite "SELECT writefile('FILE', bytes) FROM envelopes WHERE sha256 = '…'"\` takes one out |
| \`envelopes/\`, \`attachments/\` | larger envelopes, and those that an earlier program or a restored backup put there; attachments: sealed files, named by the SHA-256 of their bytes |
| \`uploads/\` | what is on its way in; a start takes away what nobody has gone on with for 30 days, and what has come whole by another way; what cannot be tidied up is logged and left |
| \`archive/\` | backups: copies of \`platform.sqlite\` (the last three, and always the one that the watermark stands for: \`platform/archive-older-copies.full.test.ts\`), and of every envelope and attachment as a file; in the field on other disks. To restore: the newest copy (the highest number; not \`….damaged\`, and \`….other\` as said below) as \`platform.sqlite\`, \`envelopes/\` and \`attachments/\` as they lie there, no \`envelopes.sqlite\`, and the newest copy of \`keys/\`, which lies in no backup. What lost files were given up lacks there, is known to lack, and is asked for as before (\`platform/given-up.full.test.ts\`). See The folder of keys and The disk of the archive |
| \`keys/\` | bundle root, age identities \`platform.age.txt\` and \`recovery.age.txt\`, secrets of the tokens and of the unlock keys; mode 0600, in no backup: copy it after the first start and after each change. Earlier platform identities stay in \`old/\`; \`npm run keys\` makes a new one, and takes the recovery identity to a stick for a safe. See The folder of keys |
| \`admin-token\` | bearer token for \`/v1/admin\`; mode 0600 |
| \`lock\` | empty; whoever holds SQLite's lock on it has the folder. Not to be deleted while a platform runs |

The folder is for one platform at a time: a second one, or a start while the one before still runs, waits for five seconds, ends with code 2 and says why: another platform runs, or \`lock\` cannot be written by this user, or is damaged, and what to do. A platform whose \`lock\` is deleted or replaced while it runs publishes no bundle any more, but gives out what the other one publishes, and archives nothing, which the console shows and the log explains: stop all of them and start one (\`platform/data-lock.full.test.ts\`).

### The folder of keys

A platform that has published nothing yet makes the keys that are not there. Later ones compare the folder with what was published last before they make anything: \`bundle-root.pem\` signs it, the private half of the platform's recipient is \`platform.age.txt\` or lies in \`old/\`, the recovery recipient is the same, and \`unlock-secret.txt\` is the one of the last start (earlier programs had none; theirs is made). A file that is damaged is named as that. Else the start ends with code 2 and says which file is missing or another one, and no key is made: put the newest copy of the whole folder back (or mount its disk), and start again. A copy of before \`npm run keys -- rotate\` is refused, for it would give out the old key again and open nothing that was sealed since; so copy the folder after each change. A folder that is newer than the database, after a restore, is taken, as long as it has the keys of before in \`old/\`.

Only what is lost for good is made anew, by one start with \`--new-keys\`, which publishes it at once; where nothing is missing such a start is refused, so that the word is not left on a command line. Then what was sealed to a lost platform key is opened by the recovery key alone; under another bundle root every terminal is enrolled again, with a bundle of each kind signed anew; with another \`unlock-secret.txt\` so is each terminal whose PIN is to be unlocked by a code (\`platform/published-keys.full.test.ts\`).

### The disk of the archive

A file in it, \`archive-id\`, says which archive it is, and the database remembers that. A folder that is not the archive which was written before (another disk, or its own is not mounted; or the database is empty and the folder holds copies of another one, which it would push out) is refused: nothing is copied into it. To go on, mount the disk. If a new one is meant, say so once with \`POST /v1/admin/archive?new=1\` (\`curl -X POST -H "Authorization: Bearer $(cat DIR/admin-token)" "http://127.0.0.1:PORT/v1/admin/archive?new=1"\`): it gets everything once more. An archive of an earlier program, without \`archive-id\`, is known by the copy that belongs to the watermark, and marked. A pass that would leave less than a twentieth of the disk free, or 1 GiB where that is less, is refused, too. Before each file, before the copy of the database gets its name and before the watermark moves, a pass looks whether the folder is still the one with which it began (disk, place on it, \`archive-id\`), and in the archive it makes no folder whose parent is not there: where the disk dropped out meanwhile, also for a minute, the pass ends as \`notMounted\`, and the next one copies what is missing (\`platform/archive-mount.full.test.ts\`). The copy that the watermark stands for proves that all before it was copied only as long as it is what was read back: its size is looked at with each pass, its bytes once a start and when it looks otherwise than it did. One that was cut short or changed is told in the log, and set aside as \`….damaged\` where nothing can be read of it; then every file in the archive is read once more, what is missing is copied, and a new copy made (\`platform/archive-proof.full.test.ts\`).

A copy of the database that holds what the platform does not know (it came back from an older backup, or the folder was another platform's) is told in the log and in the console, and set aside as \`….other\`: so the newest by name is the platform's own, and none of them ever makes room for another (\`platform/archive-others.full.test.ts\`). What only they hold, terminals that still have it hand in anew by themselves; what terminals gave up since lies there alone, with its sealed files in \`envelopes/\` and \`attachments/\` of the archive. Where the older backup was taken by mistake, stop the platform and restore from the newest of them, the sooner the better: what the platform received since, it is handed again only by terminals that still have it.

Each pass that fails is an error in the log, with its reason, and the answer to \`POST /v1/admin/archive\`; where every pass has failed for a day (since the first one that failed, and since the start), each next one is also an entry of level 60 with the code \`archiveFailsLong\`, the trouble and since when, for an alarm to go by (\`platform/archive-fails-long.full.test.ts\`). Nothing more is called archived, so that terminals keep what they have. A file that is gone, damaged or cannot be read among the data itself, and not copied yet, is told as \`filesLost\` and asked of the terminal that handed it in, which keeps everything until it is archived; a paper that is damaged is set aside as \`….damaged\`, and an envelope whose bytes have changed, be its size the same, stays where it is until its terminal hands it in: then the right one is written over it. So is one that the disk does not give back (\`EIO\`, or another word for what lies at one place of a device or file system): it is an error in the log, and a paper is set aside as \`….unreadable\` when it still cannot be read five minutes later, for that may pass. A disk that is away, and one on which a pass finds more than a hundred such files, is told as \`dataFails\` (\`platform/unreadable-files.full.test.ts\`). All other files are copied meanwhile, also of items that come later, so that one whose terminal does not come back keeps nothing else from lying on two disks; but the copy of the database is thrown away and the watermark stays, so that no terminal gives anything up (\`tests/full/platform-lost-files.test.ts\`, \`platform/server/lost-files.full.test.ts\`). What terminals gave up lies in the archive alone, and is put back by a person. Where no terminal, archive or backup has a file any more, an operator gives it up, as said below. The console shows all this to operators and auditors above the terminals: since when, which trouble it is, and what to do. A fault of the disk of the data is told as that, not as one of the archive, also where the database is gone or cannot be opened when it is to be copied, and only where nothing but the archive can be at fault the console says that all is still received (\`platform/archive-faults.full.test.ts\`). A restart of the platform begins with none, until its first pass. A disk that never answers gives no error: a pass that has not moved on for 30 minutes (a file, or copying or reading back the database, is a step) is told as one that hangs, until it goes on (\`platform/console/archive.full.test.ts\`, \`platform/archive-disk.full.test.ts\`). A pass that copies when the platform is stopped ends at its next file; the next one finds what was copied (\`platform/archive-disk.full.test.ts\`). One that was asked for while another ran is answered with \`hangs\` as soon as that one hangs, and not made later; a platform that is stopped does not wait for a pass that hangs (\`platform/archive-hang.full.test.ts\`).

A lost file that nobody can bring again would hold the watermark, and with it every terminal of the district, for ever. So an operator may give it up, at \`/console/terminals\` under Lost files: of one case at a time, with one of five causes (no free text). It is refused for what the last pass did not find lost, and for what is here again. The access log keeps who gave up which files of which case, and why, before it counts. From then on the archive goes on without those files and no others: not other files of that case, not the same loss of another one; a copy of the database excuses only what it knows itself to be given up. That item is never called archived meanwhile: the feed goes on naming it as \`incomplete\`, the cases list says that parts are lost, the clerk who opens the case reads which ones, to ask the applicant for them once more, \`reconciliations\` does not count it as matching (nor what is lost at that moment and not given up: that is \`missing\` and \`lost\`, \`platform/server/reconciliation.full.test.ts\`), its receipt says \`differs\`, and its review waits. Should its terminal come after all, it has kept its copy and hands it in; or a person puts the file back into \`envelopes/\` or \`attachments/\`. Then the item gets a new cursor above the watermark, is archived with the next pass, and all is as if nothing had been lost; the log has a line of it. An older backup, of before the statement, does not know it: it is stated again. (\`platform/given-up.full.test.ts\`, with a real terminal \`tests/full/platform-lost-files.test.ts\`.)

The console at \`/console\` has three roles. A clerk opens cases and moves them: pre-review, supplement (only for materials and fields that the catalogue asks for), acceptance, processing, decision. An auditor sees the list and the access log, and opens nothing. An operator opens no case, sees only the terminals and the numbers of cases whose files were lost, and gives codes that unlock a PIN. All three see the terminals: when each was last heard, what is broken, where somebody asks for help, and whether its audit chain is whole and how far it has come. An auditor and an operator read a terminal's events, page by page; an auditor notes what is behind a chain that is odd (one of five causes, no free text), and a wrong signature that is found later asks for a new look (\`tests/audit/audit.full.test.ts\`). Each opened case, file and audit, each move, each finding, each unlock code and each refusal is a line of the access log; each line holds the hash of the one before.

For tests, \`BIANMIN_CRASH_AT=<moment>[:n]\` kills the process (SIGKILL) the nth time it reaches a moment: \`item-before-commit\`, \`item-after-commit-before-answer\`, \`attachment-mid-write\`, \`attachment-before-fsync\`, \`attachment-after-fsync-before-answer\`.
`;

function contentText(content: Content): string {
  if ('nothing' in content) return content.nothing;
  if ('shape' in content) return `[${content.shape}](#${content.shape.toLowerCase()})`;
  return `\`${content.media}\`: ${content.text}`;
}

const AUTH = {
  none: 'nothing',
  terminal: 'an access token',
  admin: 'the admin token',
} as const;

function operationText(operation: Operation): string {
  const { method, path, summary, auth, parameters = [], request, status, response } = operation;
  const lines = [
    `### ${method.toUpperCase()} ${path}`,
    '',
    summary,
    '',
    `- Needs ${AUTH[auth]}.`,
    ...parameters
      .filter((parameter) => parameter.in !== 'path')
      .map(({ name, in: where, text }) => `- ${where} \`${name}\`: ${text}.`),
    ...(request === undefined ? [] : [`- Body: ${contentText(request)}`]),
    `- ${status}: ${contentText(response)}`,
    ...Object.entries(operation.responseHeaders ?? {}).map(
      ([name, text]) => `- Header \`${name}\`: ${text}.`,
    ),
    ...Object.entries(operation.alsoStatus ?? {}).map(([other, text]) => `- ${other}: ${text}.`),
    `- Problems: ${operation.problems.map((code) => `\`${code}\``).join(', ')}`,
  ];
  return `${lines.join('\n')}\n`;
}

const GROUPS = {
  terminal: 'Asked by terminals',
  public: 'Asked by anyone',
  admin: 'Asked by whoever runs the platform',
} as const;

function shapeText(name: ShapeName): string {
  return `### ${name}\n\n${shapeTable(z.toJSONSchema(SHAPES[name]))}`;
}

/** docs/platform-contract.md. */
export function contractManual(): string {
  const problems = Object.entries(PROBLEMS).map(
    ([code, { status, advice }]) => `| \`${code}\` | ${status} | ${advice} |`,
  );
  return [
    INTRO,
    '## Problems\n\nEvery error is `application/problem+json` with `code`. Any other answer, an HTML page with status 200 included, is no answer of this contract: try again later.\n\n',
    `| code | status | what a terminal does |\n|---|---|---|\n${problems.join('\n')}\n\n`,
    ...(['terminal', 'public', 'admin'] as const).map(
      (group) =>
        `## ${GROUPS[group]}\n\n${OPERATIONS.filter((operation) => operation.group === group)
          .map(operationText)
          .join('\n')}\n`,
    ),
    UNLOCKING,
    AUDIT,
    RUNNING,
    '\n## Shapes\n\nThe same schemas check what comes in; as JSON Schema 2020-12 they stand in `/openapi.json`.\n\n',
    (Object.keys(SHAPES) as ShapeName[]).map(shapeText).join('\n'),
  ].join('');
}
