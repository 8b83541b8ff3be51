/** The one style sheet of the console and of the receipt page. Plain, large, high contrast. */
export const STYLE = `
:root { --ink: #0b0c0c; --line: #b1b4b6; --pale: #f3f2f1; --blue: #1d4f91; --red: #b3261e; --green: #00703c; --amber: #8a5300; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #fff; font: 18px/1.5 "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", system-ui, sans-serif; }
header { background: var(--blue); color: #fff; }
header .bar { display: flex; gap: 24px; align-items: center; max-width: 1120px; margin: 0 auto; padding: 12px 24px; flex-wrap: wrap; }
header strong { font-size: 22px; margin-right: auto; }
header a { color: #fff; }
header form { margin: 0; }
header button { background: transparent; border: 2px solid #fff; box-shadow: none; padding: 4px 14px; }
main { max-width: 1120px; margin: 0 auto; padding: 28px 24px 72px; }
.en { color: #505a5f; font-size: .82em; font-weight: 400; }
header .en, button .en { color: inherit; opacity: .88; }
h1 { font-size: 34px; line-height: 1.25; margin: 8px 0 24px; }
h2 { font-size: 24px; margin: 40px 0 12px; padding-top: 16px; border-top: 1px solid var(--line); }
h3 { font-size: 19px; margin: 22px 0 6px; }
a { color: var(--blue); text-underline-offset: .2em; }
a:focus, button:focus, input:focus, select:focus { outline: 3px solid #ffdd00; outline-offset: 0; box-shadow: inset 0 0 0 2px var(--ink); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 10px 16px 10px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 700; }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.action { min-width: 190px; }
.number .en { white-space: normal; }
dl { display: grid; grid-template-columns: minmax(190px, 32%) 1fr; margin: 0; }
dt, dd { margin: 0; padding: 9px 16px 9px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
dt { font-weight: 700; }
.tag { display: inline-block; padding: 2px 10px; background: #d2e2f1; color: #0c2d4a; font-weight: 700; font-size: 16px; white-space: nowrap; }
.tag.good { background: #cce2d8; color: #005a30; }
.tag.bad { background: #f4cdc6; color: #7a1a12; }
.tag.wait { background: #fcd6a1; color: #5c3600; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
label.button { display: block; width: 100%; margin: 12px 0; padding: 18px; background: var(--green); color: #fff; text-align: center; font-weight: 700; font-size: 24px; cursor: pointer; }
label.button .en { color: inherit; }
label.button:has(+ input:focus-visible) { outline: 3px solid #ffdd00; box-shadow: inset 0 0 0 2px var(--ink); }
.notice { border-left: 8px solid var(--blue); background: var(--pale); padding: 14px 18px; margin: 18px 0; }
.notice.bad { border-color: var(--red); }
.notice.good { border-color: var(--green); }
.notice.wait { border-color: var(--amber); }
button { font: inherit; font-weight: 700; color: #fff; background: var(--green); border: 0; box-shadow: 0 2px 0 #002d18; padding: 9px 18px; cursor: pointer; }
button.second { background: var(--pale); color: var(--ink); box-shadow: 0 2px 0 #929191; }
button.stop { background: var(--red); box-shadow: 0 2px 0 #55150b; }
label { display: block; font-weight: 700; margin: 18px 0 4px; }
input[type=text], input[type=password], select { font: inherit; padding: 8px; border: 2px solid var(--ink); width: 100%; max-width: 420px; }
.actions { display: flex; gap: 14px; flex-wrap: wrap; align-items: flex-start; margin: 16px 0; }
.actions form, .inline { margin: 0; }
fieldset { border: 1px solid var(--line); padding: 8px 18px 16px; margin: 18px 0; }
legend { font-weight: 700; padding: 0 8px; }
.choice { display: flex; gap: 12px; align-items: baseline; font-weight: 400; margin: 8px 0; }
.choice input { width: 22px; height: 22px; flex: none; }
.pages { display: flex; gap: 16px; flex-wrap: wrap; margin: 10px 0; }
.pages a { display: block; border: 1px solid var(--line); background: var(--pale); padding: 6px; }
.pages img { display: block; max-width: 210px; max-height: 280px; }
.ink img { max-width: 420px; max-height: 160px; background: #fff; }
.next { margin-top: 24px; }
.big { font-size: 26px; font-weight: 700; letter-spacing: .02em; overflow-wrap: anywhere; }
@media (max-width: 700px) { dl { grid-template-columns: 1fr; } dt { border: 0; padding-bottom: 0; } h1 { font-size: 27px; } table { font-size: 16px; } }
`;
