import { serviceOnReceipt } from './receipt/service-on-receipt.ts';
import { listMachine } from '../../drivers/detection/machine.ts';
import { programPhotoDecoder } from '../../drivers/id-card/photo-decoder.ts';
import { systemChildProcesses } from '../../drivers/transport/child-process.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFormValidator } from '../../domain/catalogue/validate.ts';
import type { WedgePrefix } from '../../domain/codes/prefixed-wedge.ts';
import {
  assuranceFor,
  authorityEnds,
  DEFAULT_DEVICES,
  DEMO_PINS,
  idleTimesFor,
} from '../../kiosk-config/index.ts';
import { CodeDesk } from './codes/code-desk.ts';
import { detectDevices } from './devices/detect.ts';
import { DevicesLayer } from './devices/devices-layer.ts';
import { DeviceRecords } from './devices/device-records.ts';
import { openDevices } from './devices/devices.ts';
import { ofEachDevice } from './devices/each-device.ts';
import { checkPrintQueue, PrintQueueWatch } from './devices/print-queue.ts';
import { findSticks } from './devices/sticks.ts';
import { createDurableCore } from './durable.ts';
import { createImages } from './materials/images.ts';
import { createSummaryMaker } from './pdf/summary-maker.ts';
import { openDoors } from './doors.ts';
import { ownBytes } from './own-bytes.ts';
import { PartsDesk } from './parts/parts-desk.ts';
import { limitsOf, policyReader } from './policy-in-force.ts';
import { ReceiptMarks } from './service/receipt-marks.ts';
import { DeviceTestResults } from './service/device-tests.ts';
import { createHelpCalls } from './service/help-calls.ts';
import { PinStore } from './service/pins.ts';
import { ServiceDesk } from './service/service-desk.ts';
import { TicketBoard } from './receipt/ticket-board.ts';
import { SessionService } from './session/session.ts';
import { watchTerminal } from './terminal-state.ts';
import type { SetupProblem, Terminal, TerminalOptions } from './terminal.ts';

const DEVICE_HOST = fileURLToPath(new URL('../device-host/main.ts', import.meta.url));

const PROBE = fileURLToPath(new URL('../device-host/probe.ts', import.meta.url));

/** A demonstration is tried by anybody: README names its PINs. Production has those that were set. */
async function setDemoPins(pins: PinStore): Promise<void> {
  if (!(await pins.has('staff'))) await pins.set('staff', DEMO_PINS.staff);
  if (!(await pins.has('technician'))) await pins.set('technician', DEMO_PINS.technician);
}

/**
 * Composes a terminal from its ports and serves the page. The platform may be away, devices may be wrong,
 * the catalogue may be missing: it serves all the same, and says what it cannot do.
 * Rejects when the data cannot be opened or the port is taken.
 */
export async function composeTerminal(options: TerminalOptions): Promise<Terminal> {
  const { ports, log, environment, softwareVersion } = options;
  const { clock, randomness } = ports;
  const setup = options.devices ?? DEFAULT_DEVICES;
  const closers: (() => void | Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    let helpSince: () => string | null = () => null;
    let deviceStates: () => Readonly<Record<string, string>> = () => ({});
    const durable = await createDurableCore(ports, {
      environment,
      softwareVersion,
      enrolmentCode: options.enrolmentCode,
      deviceStates: () => deviceStates(),
      helpSince: () => helpSince(),
      ...options.durable,
    });
    closers.push(() => durable.stop());
    for (const { code, detail } of durable.problems()) {
      // nothing changes it while the program runs: nobody may read the service page for months
      if (code === 'sqliteOld') log.error('this SQLite has the WAL-reset bug', { detail });
    }
    const devices = openDevices({
      processes: ports.processes,
      clock,
      devices: setup.devices,
      entry: DEVICE_HOST,
      owner: (await ownBytes(ports, 'print-owner')).toString('hex').slice(0, 12),
      ...(options.hostTimings === undefined ? {} : { timings: options.hostTimings }),
    });
    closers.push(() => devices.close());
    const records = new DeviceRecords({
      path: join(ports.roots.data, 'device-records.json'),
      clock,
      simulated: options.devicesFile === undefined,
      log: (message) => log.warn(message),
    });
    records.configure(setup.devices);
    const unfollow = records.follow(devices);
    closers.push(() => {
      // a device that is closed has no fault
      unfollow();
      return records.flush();
    });
    deviceStates = () => ofEachDevice((device) => devices[device].status.state);
    const pins = new PinStore(join(ports.roots.data, 'service-pins.json'), clock, randomness, [
      ...(environment === 'production' ? Object.values(DEMO_PINS) : []),
    ]);
    if (environment === 'demo') await setDemoPins(pins);
    const images = createImages();
    const summaries = createSummaryMaker();
    closers.push(
      () => images.close(),
      () => summaries.close(),
    );
    const policy = policyReader(durable);
    const applyPolicy = (): void =>
      durable.configure({
        ...limitsOf(policy(), options.meteredLink ?? false),
        ...options.durable,
      });
    if (durable.bundles.current().policy) applyPolicy();
    closers.push(durable.bundles.onChange((kind) => kind === 'policy' && applyPolicy()));
    const tickets = new TicketBoard(durable.audit, (message, details) =>
      log.warn(message, details),
    );
    const layer = await DevicesLayer.open({
      file: options.devicesFile,
      current: setup,
      check: options.checkDevices ?? (() => []),
    });
    let queueChanged: () => void = () => undefined;
    let runsDry: () => boolean = () => false;
    const queue = new PrintQueueWatch(
      () => checkPrintQueue(layer.current.devices.documentPrinter),
      () => queueChanged(),
    );
    const session = new SessionService({
      clock,
      randomness,
      outbox: durable.outbox,
      bundles: durable.bundles,
      link: durable.link,
      onProblems: (listener) => durable.onProblems(listener),
      phone: durable.phone,
      audit: durable.audit,
      devices,
      tickets,
      images,
      summaries,
      mayPrintSheets: () => queue.mayPrint,
      photoDecoder:
        setup.terminal.photoDecoder &&
        programPhotoDecoder(setup.terminal.photoDecoder, systemChildProcesses, clock),
      mayBegin: () => !runsDry(),
      validator: createFormValidator(new Ajv2020({ allErrors: true, strict: false })),
      terminal: () => ({
        terminalId: durable.enrolment.current()?.terminalId ?? '',
        hall: setup.terminal.hallName,
      }),
      applyAsks: (service) => assuranceFor(policy(), service),
      idleTimes: (service) => {
        const times = idleTimesFor(policy(), service);
        return { quietMs: times.quietSeconds * 1000, warningMs: times.warningSeconds * 1000 };
      },
      protect: (texts) => log.protect(texts),
      log: (message, details) => log.warn(message, details),
    });
    closers.push(() => session.close());
    const keyboardScanner = (): boolean => layer.current.devices.codeScanner?.driver === 'keyboard';
    const keyboardPrefix = (): WedgePrefix | null => {
      const { codeScanner } = layer.current.devices;
      return codeScanner?.driver === 'keyboard' ? (codeScanner.prefix ?? null) : null;
    };
    const waitingScanner = (): boolean => {
      const { codeScanner } = layer.current.devices;
      return codeScanner !== null && 'trigger' in codeScanner;
    };
    const help = createHelpCalls({ clock, audit: durable.audit, log: (text) => log.warn(text) });
    helpSince = () => help.since;
    let aroundChanged: () => void = () => undefined;
    const around = new PartsDesk({
      parts: devices.terminalParts,
      session: session.view,
      held: () => session.held,
      touch: () => session.touch(),
      nobodyThere: () => session.nobodyThere(),
      help,
      audit: durable.audit,
      onChange: () => aroundChanged(),
      log: (text) => log.warn(text),
    });
    closers.push(() => around.close());
    runsDry = () => around.runsDry;
    const setupProblems = (): readonly SetupProblem[] => [
      ...options.problems,
      // by the platform's word, where there is one: a wrong clock ends nothing
      ...authorityEnds(
        options.platformAuthorities,
        clock.wall() + (durable.link.clockSkewMs() ?? 0),
      ),
    ];
    const terminal = watchTerminal({
      clock,
      durable,
      devices,
      session,
      help,
      keyboardScanner,
      keyboardPrefix,
      waitingScanner,
      runsDry,
      environment,
      softwareVersion,
      hall: setup.terminal.hallName,
      setupProblems: () => [
        ...setupProblems().map(({ code }) => code),
        ...(queue.problem === undefined ? [] : [queue.problem.code]),
        ...around.problems,
      ],
    });
    closers.push(() => terminal.close());
    queueChanged = () => terminal.view.changed();
    aroundChanged = queueChanged;
    const lookAtQueue = (): void => {
      queue.look().catch(() => log.error('the print queue could not be looked at'));
    };
    closers.push(devices.documentPrinter.onStatus(lookAtQueue));
    lookAtQueue();
    const codes = new CodeDesk({
      clock,
      scanner: devices.codeScanner,
      byKeyboard: keyboardScanner,
      waits: waitingScanner,
      session: session.view,
      held: () => session.held,
      touch: () => session.touch(),
      verify: (text) => durable.verifyReceipt(text),
      audit: durable.audit,
      log: (text) => log.warn(text),
    });
    closers.push(() => codes.close());
    const details = (): Readonly<Record<string, unknown>> => ({
      ...ofEachDevice((device) => devices[device].status),
      hostRestarts: devices.restarts,
      problems: [
        ...setupProblems(),
        ...(queue.problem === undefined ? [] : [queue.problem]),
        ...around.problems.map((code) => ({ code, details: [] })),
        ...durable.problems(),
      ],
    });
    const probe = { processes: ports.processes, clock, entry: PROBE };
    const service = new ServiceDesk({
      clock,
      pins,
      unlockKey: () => {
        const enrolled = durable.enrolment.current();
        if (enrolled?.unlockKey === undefined) return undefined;
        return { terminalId: enrolled.terminalId, key: enrolled.unlockKey };
      },
      marks: new ReceiptMarks(join(ports.roots.data, 'receipt-marks.json')),
      results: new DeviceTestResults(join(ports.roots.data, 'device-tests.json')),
      records,
      devices,
      tickets,
      layer,
      detect: (held) => detectDevices(probe, held, options.probeAlso ?? []),
      sticks: options.sticks ?? findSticks,
      machine: () => listMachine(),
      outbox: durable.outbox,
      audit: durable.audit,
      clockWord: durable,
      hold: (on) => session.hold('service page', on),
      session: session.view,
      problems: () => terminal.view.value.problems,
      terminal: () => ({
        terminalId: durable.enrolment.current()?.terminalId ?? '',
        hall: setup.terminal.hallName,
      }),
      service: (id) => {
        const { catalogue } = durable.bundles.current();
        const { name, contacts } = serviceOnReceipt(catalogue?.content.services, id);
        return { name, hotline: contacts.consult };
      },
      log: (message, details) => log.warn(message, details),
    });
    closers.push(() => service.close());
    const doors = await openDoors({
      ports,
      environment,
      port: options.port,
      pageRoot: options.pageRoot,
      log,
      durable,
      devices,
      session,
      service,
      codes,
      help,
      around,
      terminal,
      layer,
      records,
      details,
    });
    closers.push(() => doors.close());
    durable.start();
    images.warm();
    summaries.warm();
    return {
      origin: doors.origin,
      entryAddress: () => doors.entryAddress(),
      session,
      durable,
      deviceStates: () => deviceStates(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
