import { STEP, type FaultEntries } from './fault-entry.ts';

/** Faults that any device can have: of its line, its set-up and the program that drives it. */
export const DEVICE_FAULTS = {
  'device.offline': {
    cause: 'hardware',
    remedy: 'maintenance',
    message: {
      zh: '这个设备没有连上。其他事情可以照常办；要用它的，请到服务台。',
      en: 'This device is not connected. All else goes on as usual; for what needs it, please go to the service desk.',
    },
    meaning: {
      zh: '终端按配置去找这个设备，找不到，或者连接断了。终端会一直自动重连，连上了这个故障就消失。',
      en: 'The terminal looks for the device where the configuration says and does not find it, or its line went down. It keeps trying by itself; the fault goes when the device is back.',
    },
    steps: {
      staff: [
        {
          zh: '看设备的电源灯亮不亮，插头和数据线松没松。',
          en: 'See whether the device has power and whether its plugs sit firmly.',
        },
        STEP.goOnWithout,
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '在设备维护页面看「连接」一栏，和设备实际的地址、串口对一对；网络设备用 ping 试。',
          en: 'Compare the connection shown on the maintenance page with the real address or port; ping network devices.',
        },
        {
          zh: '换一根线、换一个口再试。USB 转串口请写 /dev/serial/by-id/ 下的名字，换口也不变。',
          en: 'Try another cable and socket. For USB serial adapters use the name under /dev/serial/by-id/: it stays the same in any socket.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'device.otherDevice': {
    cause: 'configuration',
    remedy: 'maintenance',
    message: {
      zh: '这个设备没有连对。其他事情可以照常办；要用它的，请到服务台。',
      en: 'This device is not connected rightly. All else goes on as usual; for what needs it, please go to the service desk.',
    },
    meaning: {
      zh: '配置里的那个串口上，现在插的是另一台设备，要找的那台哪里都没有。终端不会跟插错的设备说话。',
      en: 'At the port of the configuration another device is plugged in, and the one that is meant is nowhere. The terminal does not speak to the wrong one.',
    },
    steps: {
      staff: [
        {
          zh: '如果有人刚动过线，把插头插回原来的口。',
          en: 'If somebody just moved cables, put the plugs back where they were.',
        },
        STEP.goOnWithout,
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '用 npm run devices -- probe 看每个口上现在是什么，跟配置里 usb 一项的编号对一对。',
          en: 'See with npm run devices -- probe what is at each port, and compare it with the ids under usb in the configuration.',
        },
        {
          zh: '换了新设备：重新查找设备，把新的放进配置。',
          en: 'If the device was exchanged: look for devices again and put the new one into the configuration.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'device.timeout': {
    cause: 'hardware',
    remedy: 'reset',
    message: {
      zh: '设备没有回应，请再试一次；还不行，请找工作人员。',
      en: 'The device did not answer. Please try again, then ask the staff.',
    },
    meaning: {
      zh: '线路是通的，但设备在规定时间里没有答话。多半是设备死机、正忙，或波特率不对。',
      en: 'The line is up, but the device did not answer in time. Mostly it hangs, is busy, or the baud rate is wrong.',
    },
    steps: {
      staff: [
        {
          zh: '把设备关掉，等 10 秒再打开。',
          en: 'Switch the device off, wait 10 seconds, switch it on.',
        },
        STEP.goOnWithout,
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '新装的设备：核对设备配置里的波特率和驱动。',
          en: 'On a new device: check baud rate and driver in the device configuration.',
        },
        {
          zh: '用了很久才出现：查供电够不够，换一根短一些的线。',
          en: 'On one that worked for long: check its power supply, try a shorter cable.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'device.busy': {
    cause: 'user',
    remedy: 'clear',
    message: {
      zh: '设备正忙，请等一等再试一次。',
      en: 'The device is busy. Please wait a moment and try again.',
    },
    meaning: {
      zh: '设备正在做别的事，或者它的串口被另一个程序占着。',
      en: 'The device works on something else, or another program holds its serial port.',
    },
    steps: {
      staff: [
        { zh: '等它做完，再试一次。', en: 'Wait until it is done and try again.' },
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '总是这样：看有没有别的程序占用它（串口用 fuser /dev/ttyS0 查），关掉那个程序。',
          en: 'If it is always so: look for another program that holds it (for serial ports: fuser /dev/ttyS0) and end that program.',
        },
        {
          zh: '网络设备：看是不是别的电脑也在用它，给终端留一台专用的。',
          en: 'For network devices: see whether other computers use it too; give the terminal one of its own.',
        },
      ],
    },
  },
  'device.protocol': {
    cause: 'hardware',
    remedy: 'reset',
    message: {
      zh: '设备的回答不对，请再试一次；还不行，请找工作人员。',
      en: 'The device gave a wrong answer. Please try again, then ask the staff.',
    },
    meaning: {
      zh: '收到了回答，但不是这种设备该说的话：线路有干扰、型号不对，或者设备程序出错。',
      en: 'An answer came, but not one that such a device gives: noise on the line, another model, or an error in the device.',
    },
    steps: {
      staff: [
        {
          zh: '把设备关掉，等 10 秒再打开。',
          en: 'Switch the device off, wait 10 seconds, switch it on.',
        },
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '核对配置里的驱动和这台设备的型号、协议是不是一回事。',
          en: 'Check that the driver in the configuration and the model and protocol of the device are the same.',
        },
        {
          zh: '串口线离电源线远一些，换线再试。',
          en: 'Keep serial cables away from power cables; try another one.',
        },
        STEP.readVendorCode,
        STEP.proveByTest,
      ],
    },
  },
  'device.cancelled': {
    cause: 'user',
    remedy: 'reset',
    message: {
      zh: '已取消。要继续，请再试一次。',
      en: 'Cancelled. To go on, please try again.',
    },
    meaning: {
      zh: '有人按了取消，或者这次办事结束了，设备就停下来。这不是设备坏了。',
      en: 'Somebody cancelled, or the session ended, and the device stopped. The device is not broken.',
    },
    steps: {
      staff: [{ zh: '不用处理，再试一次就行。', en: 'Nothing to mend; just try again.' }],
      technician: [
        {
          zh: '没有人按却经常出现：看日志里那个时间终端在做什么。',
          en: 'If it comes often and nobody touched anything: see in the log what the terminal did at that time.',
        },
      ],
    },
  },
  'device.hostDown': {
    cause: 'software',
    remedy: 'reset',
    message: {
      zh: '机器里的设备正在重新启动，请等几秒再试一次。',
      en: 'The devices of this machine are restarting. Please wait a few seconds and try again.',
    },
    meaning: {
      zh: '管设备的程序停了，终端正在自动把它重新启动。正在办的事没有丢；正在打印的那一张打没打出来，不知道。',
      en: 'The program that drives the devices ended and is being started again. The session is not lost; of a print under way nobody knows whether it came out.',
    },
    steps: {
      staff: [
        { zh: '等几秒，会自动恢复。', en: 'Wait a few seconds; it comes back by itself.' },
        STEP.callTechnician,
      ],
      technician: [
        {
          zh: '在设备维护页面看设备程序重新启动过几次。只有一次，不用处理。',
          en: 'See on the maintenance page how often the device program was restarted. Once needs nothing.',
        },
        {
          zh: '反复重启：看终端的日志，在设备配置里把设备逐个改成 null，找出是哪一个，把日志交给开发者。',
          en: 'If it keeps restarting: read the log, set one device after the other to null in the device configuration until it stops, and give the log to the developers.',
        },
      ],
    },
  },
  'device.missingLibrary': {
    cause: 'configuration',
    remedy: 'maintenance',
    message: {
      zh: '这个设备的程序没有装好，现在用不了。其他事情可以照常办；要用它的，请到服务台。',
      en: 'The program for this device is not installed. All else goes on as usual; for what needs it, please go to the service desk.',
    },
    meaning: {
      zh: '驱动要用的系统组件加载不了（例如 PC/SC、USB 的库）。只影响这一个设备。',
      en: 'A system library that the driver needs does not load (for example that of PC/SC or USB). Only this device is affected.',
    },
    steps: {
      staff: [STEP.goOnWithout, STEP.callTechnician],
      technician: [
        {
          zh: '看日志：里面写着缺哪个库。用系统的软件包管理装上。',
          en: 'The log names the library. Install it with the package manager of the system.',
        },
        { zh: '重新启动终端程序。', en: 'Restart the terminal program.' },
        STEP.proveByTest,
      ],
    },
  },
  'device.misconfigured': {
    cause: 'configuration',
    remedy: 'maintenance',
    message: {
      zh: '这个设备没有设置好，现在用不了。其他事情可以照常办；要用它的，请到服务台。',
      en: 'This device is not set up rightly. All else goes on as usual; for what needs it, please go to the service desk.',
    },
    meaning: {
      zh: '按现在的设置连不上：没有打开串口的权限、没有这个波特率、地址写错，或设备要求登录。',
      en: 'It cannot work as it is set up: no right to open the port, no such baud rate, a wrong address, or the device asks for a login.',
    },
    steps: {
      staff: [STEP.goOnWithout, STEP.callTechnician],
      technician: [
        {
          zh: '串口权限：把运行终端的用户加进 dialout 组（usermod -aG dialout 用户名），再重新登录。',
          en: 'Right to the port: add the user that runs the terminal to the group dialout (usermod -aG dialout USER) and log in anew.',
        },
        {
          zh: '核对设备配置文件里的地址、端口、波特率，把 version 加 1，重新启动终端程序。',
          en: 'Check address, port and baud rate in the device configuration, raise its version by 1, restart the terminal program.',
        },
        STEP.proveByTest,
      ],
    },
  },
  'device.unsupported': {
    cause: 'configuration',
    remedy: 'call',
    message: {
      zh: '这台机器的设备做不了这一步，请到服务台办理。',
      en: 'The devices of this machine cannot do this step. Please go to the service desk.',
    },
    meaning: {
      zh: '设备在，但没有这个功能，或者这台终端没有配这种设备（例如没有自动进纸器）。',
      en: 'The device is there but lacks this ability, or this terminal has no such device (for example no feeder).',
    },
    steps: {
      staff: [
        {
          zh: '换一种方式（例如把纸放玻璃上扫），或者请群众到服务台。',
          en: 'Use another way (for example the glass instead of the feeder), or send people to the service desk.',
        },
      ],
      technician: [
        {
          zh: '核对配置：设备有没有写、型号档案（profile）对不对。',
          en: 'Check the configuration: is the device named there, is its profile right.',
        },
        {
          zh: '设备本来就没有这个功能：换设备，或者告诉平台这台终端不办这件事。',
          en: 'If the device never had it: change the device, or tell the platform that this terminal does not offer the service.',
        },
      ],
    },
  },
} as const satisfies FaultEntries;
