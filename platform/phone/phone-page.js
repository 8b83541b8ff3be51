// The page of a citizen's phone: makes pictures smaller (which drops place and time), seals each to the key
// behind the `#`, and sends it. Plain JavaScript for old phones; the format is domain/wire/phone.ts.
(() => {
  const LONGER_SIDE = 2600;
  const QUALITY = 0.85;
  const INFO = 'bianmin-phone-page/1';
  const transferId = location.pathname.split('/').pop();
  const raw = location.hash.slice(1);
  let claim = '';
  let sent = 0;
  let turn = Promise.resolve();

  const element = (id) => document.getElementById(id);

  function say(name, tone) {
    element('say').className = `notice ${tone || 'wait'}`;
    for (const words of document.querySelectorAll('[data-words]')) {
      words.hidden = words.dataset.words !== name;
    }
  }

  function bytesOf(base64url) {
    const text = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'));
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  }

  function joined(parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  async function seal(jpeg) {
    const curve = { name: 'ECDH', namedCurve: 'P-256' };
    const theirs = await crypto.subtle.importKey('raw', bytesOf(raw), curve, false, []);
    const mine = await crypto.subtle.generateKey(curve, true, ['deriveBits']);
    const secret = await crypto.subtle.deriveBits(
      { name: 'ECDH', public: theirs },
      mine.privateKey,
      256,
    );
    const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
    const encoder = new TextEncoder();
    const key = await crypto.subtle.deriveKey(
      {
        name: 'HKDF',
        hash: 'SHA-256',
        salt: encoder.encode(transferId),
        info: encoder.encode(INFO),
      },
      base,
      { name: 'AES-GCM', length: 256 },
      false,
      ['encrypt'],
    );
    const point = new Uint8Array(await crypto.subtle.exportKey('raw', mine.publicKey));
    const head = joined([Uint8Array.of(1), point]);
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv: nonce, additionalData: head },
      key,
      jpeg,
    );
    return joined([head, nonce, new Uint8Array(sealed)]);
  }

  /** Draws the picture anew: smaller, upright, without what the camera wrote into it. */
  async function smaller(file) {
    const picture = new Image();
    const url = URL.createObjectURL(file);
    try {
      picture.src = url;
      await picture.decode();
      const { naturalWidth: width, naturalHeight: height } = picture;
      const scale = Math.min(1, LONGER_SIDE / Math.max(width, height));
      const canvas = document.createElement('canvas');
      canvas.width = Math.max(1, Math.round(width * scale));
      canvas.height = Math.max(1, Math.round(height * scale));
      canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((resolve) => {
        canvas.toBlob(resolve, 'image/jpeg', QUALITY);
      });
      canvas.width = 0;
      return new Uint8Array(await blob.arrayBuffer());
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  function refusalOf(status) {
    if (status === 404) return 'gone';
    if (status === 409) return 'taken';
    return status === 413 ? 'full' : 'network';
  }

  async function post(what, type, body) {
    const headers = { 'x-bianmin-claim': claim };
    if (type) headers['content-type'] = type;
    try {
      return await fetch(`/p/${transferId}/${what}`, { method: 'POST', headers, body });
    } catch {
      return undefined;
    }
  }

  async function send(files) {
    for (const file of files) {
      say('sending');
      let jpeg;
      try {
        jpeg = await smaller(file);
      } catch {
        say('noPicture', 'bad');
        return;
      }
      const sealed = await seal(jpeg);
      jpeg.fill(0);
      const answer = await post('pages', 'application/vnd.bianmin.phone-page', sealed);
      if (!answer || !answer.ok) {
        say(answer ? refusalOf(answer.status) : 'network', 'bad');
        return;
      }
      sent += 1;
      element('count').textContent = String(sent);
      element('end').hidden = false;
      say('sent', 'good');
    }
  }

  async function finish() {
    const answer = await post('finish');
    if (!answer || !answer.ok) {
      say(answer ? refusalOf(answer.status) : 'network', 'bad');
      return;
    }
    element('buttons').hidden = true;
    element('end').hidden = true;
    say('finished', 'good');
  }

  async function begin() {
    if (!window.crypto || !crypto.subtle || !HTMLCanvasElement.prototype.toBlob) {
      say('unfit', 'bad');
      return;
    }
    if (!/^[A-Za-z0-9_-]{87}$/.test(raw)) {
      say('gone', 'bad');
      return;
    }
    say('opening');
    const answer = await post('claim');
    if (!answer || !answer.ok) {
      say(answer ? refusalOf(answer.status) : 'network', 'bad');
      return;
    }
    claim = (await answer.json()).claim;
    for (const id of ['pick', 'choose']) {
      element(id).addEventListener('change', (event) => {
        const files = Array.from(event.target.files);
        // pictures chosen meanwhile wait: the platform takes few at a time
        turn = turn.catch(() => undefined).then(() => send(files));
        turn.finally(() => {
          event.target.value = '';
        });
      });
    }
    element('finish').addEventListener('click', finish);
    element('buttons').hidden = false;
    say('ready', 'good');
  }

  begin();
})();
