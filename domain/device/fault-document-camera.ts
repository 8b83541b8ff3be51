import { STEP, type FaultEntries } from './fault-entry.ts';

/** Faults of document cameras. */
export const DOCUMENT_CAMERA_FAULTS = {
  'camera.missing': {
    cause: 'hardware',
    remedy: 'maintenance',
    message: {
      zh: '高拍仪没有连上。请用扫描仪交材料，或者到服务台。',
      en: 'The document camera is not connected. Please use the scanner, or go to the service desk.',
    },
    meaning: {
      zh: '这台机器上没有找到设置的那台高拍仪：线松了、没通电，或者名字和设置的不一样。',
      en: 'The camera that is set up was not found on this machine: its cable is loose, it has no power, or its name is not the one in the configuration.',
    },
    steps: {
      staff: [
        {
          zh: '把高拍仪的 USB 线拔下，等 5 秒再插紧。',
          en: 'Unplug the USB cable of the camera, wait 5 seconds, plug it in firmly.',
        },
        STEP.goOnWithout,
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '维护页面的故障后面写着现在看到的摄像头名字：和设备配置 documentCamera.label 比一比。',
          en: 'The names of the cameras that are seen stand behind the fault: compare them with documentCamera.label of the devices configuration.',
        },
        {
          zh: '看系统认不认它：Linux 上有没有 /dev/video0，运行终端的用户在不在 video 组。',
          en: 'See whether the system knows it: on Linux, whether /dev/video0 is there, and whether the user of the terminal is in the group video.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'camera.refused': {
    cause: 'configuration',
    remedy: 'maintenance',
    message: {
      zh: '现在用不了高拍仪。请用扫描仪交材料，或者到服务台。',
      en: 'The document camera cannot be used now. Please use the scanner, or go to the service desk.',
    },
    meaning: {
      zh: '浏览器外壳不准页面使用摄像头。',
      en: 'The shell does not let the page use a camera.',
    },
    steps: {
      staff: [STEP.goOnWithout, STEP.callTechnician],
      technician: [
        {
          zh: 'Chromium 外壳：管理策略里 VideoCaptureAllowedUrls 要有终端页面的地址（端口也要对）。',
          en: 'Chromium shell: VideoCaptureAllowedUrls of the managed policy must name the address of the page, with the right port.',
        },
        {
          zh: '系统设置里看摄像头的隐私开关有没有关着。',
          en: 'Look for a privacy switch of the system that keeps cameras off.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'camera.unreadable': {
    cause: 'hardware',
    remedy: 'reset',
    message: {
      zh: '高拍仪没有画面。请用扫描仪交材料，或者到服务台。',
      en: 'The document camera gives no picture. Please use the scanner, or go to the service desk.',
    },
    meaning: {
      zh: '高拍仪连着，但打不开画面：被别的程序占着，或者坏了。',
      en: 'The camera is connected but gives no picture: another program holds it, or it is broken.',
    },
    steps: {
      staff: [
        {
          zh: '把高拍仪的 USB 线拔下，等 5 秒再插紧。',
          en: 'Unplug the USB cable of the camera, wait 5 seconds, plug it in firmly.',
        },
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '看有没有别的程序占着它（例如厂家自带的高拍软件），关掉并取消开机启动。',
          en: 'See whether another program holds it (the maker’s own software, for instance); end it and keep it from starting.',
        },
        {
          zh: '不要经过 USB 集线器，换一个口再试；画面大的高拍仪要单独占一个口。',
          en: 'Connect it without a hub, at another port: cameras with large pictures need a port to themselves.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'camera.tooCoarse': {
    cause: 'configuration',
    remedy: 'maintenance',
    message: {
      zh: '高拍仪拍得不够清楚，不能用。请用扫描仪交材料，或者到服务台。',
      en: 'The document camera is not sharp enough to be used. Please use the scanner, or go to the service desk.',
    },
    meaning: {
      zh: '摄像头最大的画面比设置的 minWidth 还窄，拍出来的字看不清。多半找到的不是高拍仪，而是屏幕上的摄像头。',
      en: 'The largest picture of the camera is narrower than minWidth: words would not be readable. Most often it is not the document camera but the one in the screen.',
    },
    steps: {
      staff: [STEP.goOnWithout, STEP.callTechnician],
      technician: [
        {
          zh: '在设备配置里把 documentCamera.label 写成高拍仪自己的名字。',
          en: 'Put the name of the document camera into documentCamera.label of the devices configuration.',
        },
        {
          zh: '就是它：看它是不是插在慢的 USB 口上，换到 USB 3.0 口。',
          en: 'If it is the right one: see whether it hangs on a slow port, and use a USB 3.0 port.',
        },
        STEP.proveByTest,
      ],
    },
  },
} as const satisfies FaultEntries;
