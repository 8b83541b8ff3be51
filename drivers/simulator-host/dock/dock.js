// The dock page: sends commands, and shows once a second what the devices say of themselves.
const said = document.getElementById('said');

function say(text, bad) {
  said.textContent = text;
  said.className = bad ? 'bad' : '';
}

function send(button) {
  const pressed = button.getAttribute('aria-pressed') === 'true';
  const command = pressed ? button.dataset.off : button.dataset.command;
  return post(button.dataset.device, command, button.textContent.trim(), pressed);
}

async function post(device, command, label, pressed) {
  try {
    const answer = await fetch(`/v1/devices/${device}/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: command,
    });
    const body = await answer.json();
    if (answer.ok) {
      say(pressed ? `已恢复 Healed: ${label}` : `已做 Done: ${label}`, false);
      show(body);
    } else say(`${body.error.message.zh} ${body.error.message.en}`, true);
  } catch {
    say('模拟器没有回应 The simulators do not answer', true);
  }
}

function show(device) {
  for (const button of document.querySelectorAll(`.switch[data-device="${device.id}"]`)) {
    button.setAttribute('aria-pressed', String(Boolean(device.state[button.dataset.key])));
  }
  for (const card of document.querySelectorAll(`.card[data-device="${device.id}"]`)) {
    card.setAttribute('aria-current', String(device.state.card === card.dataset.card));
  }
  document.querySelector(`[data-state="${device.id}"]`).textContent = JSON.stringify(
    device.state,
    null,
    1,
  );
  const picture = document.querySelector(`[data-picture="${device.id}"]`);
  if (!picture) return;
  const numbered = new RegExp(`/\\d+\\${picture.dataset.ending}$`);
  const last = device.artifacts.filter((name) => numbered.test(name)).at(-1);
  picture.hidden = last === undefined;
  document.querySelector(`[data-empty="${device.id}"]`).hidden = last !== undefined;
  if (last === undefined || picture.dataset.shown === last) return;
  picture.dataset.shown = last;
  picture.src = `/v1/devices/${device.id}/artifacts/${last}`;
}

async function refresh() {
  try {
    const { devices } = await (await fetch('/v1/devices')).json();
    devices.forEach(show);
  } catch {
    say('模拟器没有回应 The simulators do not answer', true);
  }
  setTimeout(refresh, 1000);
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-command]');
  if (button) void send(button);
});
document.addEventListener('submit', (event) => {
  event.preventDefault();
  const { scan } = event.target.dataset;
  const text = new FormData(event.target).get('text');
  void post(scan, JSON.stringify({ do: 'scan', text }), '扫码 scan', false);
});
void refresh();
