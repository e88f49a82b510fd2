// SPDX-License-Identifier: PostgreSQL
// dashboard.mjs NPM URL ROLE PAGE...: looks at pages of the dashboard in Chromium, as people do: at 1280 and 390 pixels,
// light and dark, with the keyboard, through the accessibility tree. What is shown is compared with what bedrock.answer
// says to ROLE in a connection of this test. dashboard.sh runs it.
import {spawnSync} from "node:child_process";
import {createRequire} from "node:module";
import {pages} from "../../docs/dashboard/src/components/pages.js";

const [npm, origin, role, ...names] = process.argv.slice(2);
const {chromium} = createRequire(`${npm}/package.json`)("playwright-core");
let checks = 0;
const faults = [];
const check = (good, what) => { checks++; if (!good) faults.push(what); };

// ---- what the database says ------------------------------------------------------------------------------------------

function ask(sql) {
    const psql = spawnSync("psql", ["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1"],
        {input: sql, encoding: "utf8", maxBuffer: 1 << 30, env: {...process.env, PGUSER: role}});
    if (psql.status) throw new Error(psql.stderr);
    return psql.stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

const catalogue = new Map(ask(`SELECT json_build_object('id', question_id, 'question', question,
    'monthly', coalesce(parameters -> 'period' ->> 'type' = 'month', false),
    'money', (SELECT json_agg(c ->> 'name') FROM jsonb_array_elements(answer_columns) AS c WHERE c ->> 'unit' = 'money'))
    FROM bedrock.question WHERE builtin`).map((q) => [q.id, q]));

// Each answer once, its values as text.
const known = new Map();
function answers(specs, month) {
    const key = (spec) => `${spec.id} ${catalogue.get(spec.id).monthly ? month : ""} ${JSON.stringify(spec.args ?? {})}`;
    const missing = specs.filter((spec) => !known.has(key(spec)));
    const rows = missing.length ? ask(missing.map((spec) => `SELECT coalesce((SELECT json_agg((SELECT json_object_agg(key, value)
        FROM json_each_text(a.row_)) ORDER BY a.n) FROM bedrock.answer('${spec.id}', '${JSON.stringify({...spec.args,
        ...(catalogue.get(spec.id).monthly && {period: month})})}') WITH ORDINALITY AS a (row_, n)), '[]');`).join("\n")) : [];
    missing.forEach((spec, i) => known.set(key(spec), rows[i]));
    return specs.map((spec) => known.get(key(spec)));
}

// Numbers as they are shown, rounded by the database.
const shown = [];
function checkShown() {
    const list = [...new Set(shown.map(({value, places}) => `('${value}'::numeric, ${places})`))];
    if (!list.length) return;
    const rounded = new Map(ask(`SELECT json_build_array(v::text || ' ' || p, CASE
        WHEN round(v, p) = 0 AND v > 0 THEN '< ' || trim_scale(power(10::numeric, -p))::text
        WHEN round(v, p) = 0 AND v < 0 THEN '> -' || trim_scale(power(10::numeric, -p))::text
        ELSE to_char(round(v, p), 'FM999,999,999,999,999,990' || CASE WHEN p > 0 THEN '.' || repeat('0', p) ELSE '' END) END)
        FROM (VALUES ${list.join(", ")}) AS x (v, p)`));
    for (const {value, places, text, at} of shown.splice(0)) {
        const expected = rounded.get(`${value} ${places}`);
        // 0.010 and 0.01 are one bound.
        const same = text === expected || (/^[<>]/.test(text) && /^[<>]/.test(expected ?? "")
            && Number(text.slice(2)) === Number(expected.slice(2)));
        check(same, `${at}: shows ${text} for ${value}, which rounds to ${expected}`);
    }
}

// ---- what a page shows -----------------------------------------------------------------------------------------------

// In the page: every section with its cells, charts and marks.
const readPage = () => [...document.querySelectorAll("section[data-question]")].map((section) => ({
    id: section.dataset.question,
    month: section.dataset.month,
    heading: section.querySelector("h2").textContent,
    text: section.textContent,
    empty: section.querySelector(".body > .empty") !== null,
    headings: [...section.querySelectorAll("th")].map((th) => th.textContent),
    cells: [...section.querySelectorAll("[data-row]")].map((cell) => ({
        row: Number(cell.dataset.row), column: cell.dataset.column, value: cell.dataset.value ?? null, title: cell.title,
        text: (cell.querySelector(".state") ?? cell.firstChild).textContent, all: cell.textContent,
        right: getComputedStyle(cell).textAlign})),
    charts: [...section.querySelectorAll("figure")].map((figure) => ({
        name: figure.getAttribute("aria-label"), currency: figure.dataset.currency,
        marks: Number(figure.dataset.marks), wide: figure.querySelector("svg").getBoundingClientRect().width,
        caption: figure.querySelector("figcaption").textContent,
        bars: [...figure.querySelectorAll("g[aria-label=bar] rect")].map((rect) => ({
            x: +rect.getAttribute("x"), width: +rect.getAttribute("width"), height: +rect.getAttribute("height"),
            title: rect.textContent})),
        dots: [...figure.querySelectorAll("g[aria-label=dot] circle")].map((dot) => ({
            x: +dot.getAttribute("cx"), y: +dot.getAttribute("cy"), title: dot.textContent}))}))
}));

const filtered = (spec, rows) => rows.map((row, n) => ({...row, n}))
    .filter((row) => Object.entries(spec.where ?? {}).every(([name, value]) => row[name] === value));

function checkSection(spec, rows, section, at) {
    const question = catalogue.get(spec.id);
    const here = filtered(spec, rows);
    check(section.text.includes(spec.id) && section.text.includes(question.question), `${at}: names no question`);
    if (!here.length) {
        check(section.empty && !section.cells.length && !section.charts.length, `${at}: shows what is not there`);
        return;
    }
    check(/– stands where a value is not known or does not apply, never 0/.test(section.text), `${at}: unknown is not explained`);
    // Every row and every column of it, in order.
    const columns = spec.figures ? Object.keys(spec.figures) : spec.columns;
    const expected = here.flatMap((row) => columns.map((column) => ({row: row.n, column, value: row[column] ?? null})));
    const cells = section.cells.filter((cell) => columns.includes(cell.column));
    check(JSON.stringify(cells.map(({row, column, value}) => ({row, column, value}))) === JSON.stringify(expected),
        `${at}: ${cells.length} cells are not the ${expected.length} of the answer`);
    const currencies = new Set(here.map((row) => row.currency).filter(Boolean));
    for (const cell of cells) {
        const where = `${at}, row ${cell.row}, ${cell.column}`, {value, text} = cell;
        if (value === null || value === "") {
            check(text === "–", `${where}: shows ${text} for what is not known`);
        } else if (cell.right === "right" || (spec.figures && /^[<>]? ?-?[\d,.]+$/.test(text))) {
            const places = (/\.(\d+)$/.exec(text) ?? ["", ""])[1].length;
            check(cell.title === value, `${where}: the full value is not there`);
            if (question.money?.includes(cell.column)) {
                check(places === 2, `${where}: shows money as ${text}`);
                check(spec.figures ? cell.all.includes(here.find((row) => row.n === cell.row).currency)
                    : currencies.size > 1 || section.headings.some((h) => h.endsWith(`, ${[...currencies][0]}`)),
                    `${where}: names no currency`);
            }
            shown.push({value, places, text, at: where});
        } else {
            const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
            const forms = [value, value.replaceAll("_", " "), {true: "yes", false: "no"}[value],
                `${months[value.slice(5, 7) - 1]} ${value.slice(0, 4)}`, `${value.slice(0, 10)} ${value.slice(11, 16)} UTC`];
            check(forms.includes(text) || (value.startsWith("arn:") && value.endsWith(`:${text}`)),
                `${where}: shows ${text} for ${value}`);
            check(!/^-?\d+\.\d+$/.test(value), `${where}: a number that is not aligned`);
        }
    }
    check(Boolean(spec.chart) === section.charts.length > 0, `${at}: chart or none`);
    for (const chart of section.charts) checkChart(spec.chart, here, chart, at);
}

// One mark for each row that has a value, as long as the value says.
function checkChart(chart, rows, drawn, at) {
    const {type, value, mark} = chart;
    const first = rows.filter((row) => (row[value] ?? null) !== null && (!drawn.currency || row.currency === drawn.currency))
        .slice(0, type === "bar" ? 15 : Infinity);
    const without = rows.filter((row) => (row[value] ?? null) === null).length;
    check(first.length > 0 && drawn.marks === first.length, `${at}: says ${drawn.marks} marks for ${first.length} rows`);
    check(!without || drawn.caption.endsWith(`not known: ${without}`), `${at}: ${without} rows are left out in silence`);
    const marks = type === "line" ? drawn.dots : drawn.bars;
    check(marks.length === first.length, `${at}: ${marks.length} marks for ${first.length} rows`);
    check(new RegExp(`\\(Q\\d+\\)$`).test(drawn.name), `${at}: a chart without a name`);
    if (marks.length !== first.length) return;
    // Titles carry the rounded value, in the order of rows, but where a stack reorders them.
    const values = new Map(first.map((row) => [row, Number(row[value])]));
    const text = (row) => new Intl.NumberFormat("en-US", {minimumFractionDigits: 2, maximumFractionDigits: 2}).format(values.get(row));
    if (type === "line") {
        const high = first.reduce((a, b) => (values.get(a) >= values.get(b) ? a : b));
        const low = first.reduce((a, b) => (values.get(a) <= values.get(b) ? a : b));
        const y = (row) => drawn.dots[first.indexOf(row)].y;
        const slope = (y(high) - y(low)) / (values.get(high) - values.get(low));
        for (const row of first)
            check(Math.abs(y(low) + slope * (values.get(row) - values.get(low)) - y(row)) < 0.6, `${at}: a dot out of place`);
        return;
    }
    const size = type === "bar" ? "width" : "height";
    const largest = Math.max(...[...values.values()].map(Math.abs));
    const scale = Math.max(...marks.map((bar) => bar[size])) / largest;
    const lengths = [...marks.map((bar) => bar[size])], due = first.map((row) => Math.abs(values.get(row)) * scale);
    if (type === "stack") [lengths, due].forEach((list) => list.sort((a, b) => a - b));
    due.forEach((length, i) => check(Math.abs(length - lengths[i]) < 0.6, `${at}: a bar of ${lengths[i]} for ${length}`));
    if (type === "bar" && !/rate|ratio/.test(value))
        first.forEach((row, i) => check(marks[i].title.includes(`: ${text(row)}`) || Math.abs(values.get(row)) < 0.01,
            `${at}: a bar says ${marks[i].title} for ${text(row)}`));
    if (!mark) return;
    const marked = first.filter((row) => (row[mark] ?? null) !== null);
    check(drawn.dots.length === marked.length, `${at}: ${drawn.dots.length} dots for ${marked.length} rows`);
    const zero = marks[0].x;
    marked.forEach((row, i) => check(Math.abs(drawn.dots[i].x - zero - Number(row[mark]) * scale) < 1, `${at}: a dot out of place`));
}

// ---- who sees and hears it -------------------------------------------------------------------------------------------

// In the page: text and marks whose contrast with what is behind them is too low.
const lowContrast = () => {
    const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const rgb = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (node) => {
        for (let at = node; at; at = at.parentElement) {
            const colour = rgb(getComputedStyle(at).backgroundColor);
            if (colour[3] === 255) return colour;
        }
        return [255, 255, 255, 255];
    };
    const seen = new Map();
    const ratio = (colour, node) => {
        const back = behind(node), key = `${colour} ${back}`;
        if (!seen.has(key)) {
            const [a, b] = [light(rgb(colour)), light(back)].sort((x, y) => y - x);
            seen.set(key, (a + 0.05) / (b + 0.05));
        }
        return seen.get(key);
    };
    const low = [];
    for (const node of document.body.querySelectorAll("*")) {
        const style = getComputedStyle(node);
        const text = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
        if (text && node.tagName !== "title" && node.getClientRects().length) {
            const colour = node instanceof SVGElement ? (style.fill === "none" ? style.color : style.fill) : style.color;
            const ruled = ratio(colour, node);
            if (ruled < 4.5) low.push(`${node.tagName} "${node.textContent.slice(0, 30)}" ${ruled.toFixed(2)}`);
        }
        if (node.matches("figure rect, figure circle, .swatch:not(.dot, .rule)")) {
            const ruled = ratio(node.matches("rect") ? style.fill : node.matches("circle") && style.stroke !== "none" ? style.stroke
                : node.matches("circle") ? style.fill : style.backgroundColor, node.parentElement);
            if (ruled < 3) low.push(`${node.tagName} ${ruled.toFixed(2)}`);
        }
    }
    return low;
};

// In the page: how many things one can act on, each marked, so that Tab can be seen to reach it.
const markInteractive = () => {
    const all = [...document.querySelectorAll("a[href], button, select, input, summary, [tabindex='0']")]
        .filter((node) => node.getClientRects().length);
    all.forEach((node, i) => { node.dataset.stop = i; });
    return all.length;
};
const focused = () => {
    const node = document.activeElement, style = getComputedStyle(node);
    return {stop: node.dataset.stop ?? null, what: node.outerHTML.slice(0, 80),
        visible: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2};
};

async function checkKeyboard(page, at) {
    await page.evaluate(() => document.activeElement.blur());
    const stops = await page.evaluate(markInteractive), reached = new Set();
    for (let i = 0; i <= stops; i++) {
        await page.keyboard.press("Tab");
        const at_ = await page.evaluate(focused);
        if (at_.stop === null) continue;
        reached.add(at_.stop);
        check(at_.visible, `${at}: no visible focus on ${at_.what}`);
    }
    check(stops > 8 && reached.size === stops, `${at}: Tab reaches ${reached.size} of ${stops}`);
}

async function checkTree(page, at) {
    const session = await page.context().newCDPSession(page);
    const {nodes} = await session.send("Accessibility.getFullAXTree");
    await session.detach();
    const there = nodes.filter((node) => !node.ignored).map((node) => ({role: node.role?.value, name: node.name?.value?.trim() ?? "",
        level: node.properties?.find((p) => p.name === "level")?.value?.value}));
    const of = (...roles) => there.filter((node) => roles.includes(node.role));
    for (const landmark of ["banner", "navigation", "main", "contentinfo"])
        check(of(landmark).length === 1, `${at}: ${of(landmark).length} landmarks ${landmark}`);
    for (const node of of("link", "button", "combobox", "figure", "image", "img", "table", "region", "navigation", "DisclosureTriangle", "heading"))
        check(node.name !== "", `${at}: a ${node.role} without a name`);
    const levels = of("heading").map((node) => node.level);
    check(levels[0] === 1 && levels.filter((level) => level === 1).length === 1, `${at}: not one first heading`);
    check(levels.every((level, i) => !i || level <= levels[i - 1] + 1), `${at}: headings skip a level`);
    const figures = of("figure").map((node) => node.name);
    check(new Set(figures).size === figures.length, `${at}: two figures have one name`);
    const drawn = await page.$$eval("figure svg", (nodes) => nodes.length);
    check(figures.length === drawn && of("img", "image").length === drawn, `${at}: ${drawn} charts, ${figures.length} named`);
    check(await page.evaluate(() => document.documentElement.lang === "en" && document.title !== ""
        && !/maximum-scale|user-scalable/.test(document.querySelector("meta[name=viewport]").content)), `${at}: language, title or zoom`);
}

// ---- the walk --------------------------------------------------------------------------------------------------------

const browser = await chromium.launch({executablePath: "/usr/bin/chromium", args: ["--headless", "--no-sandbox", "--disable-gpu",
    "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]});

async function open(width, colorScheme) {
    const page = await browser.newPage({viewport: {width, height: 900}, colorScheme});
    page.on("console", (message) => check(message.type() !== "error", `console: ${message.text()} ${message.location().url}`));
    page.on("pageerror", (error) => check(false, `error in a page: ${error.message}`));
    page.on("request", (request) => check(request.url().startsWith(origin) || request.url().startsWith("data:"),
        `a request leaves the machine: ${request.url()}`));
    return page;
}
const ready = (page) => page.waitForFunction((n) => document.querySelectorAll("section[data-question] .body > *").length >= n, 3);

async function checkPage(page, name, at) {
    // Long tables, opened with the keyboard.
    for (const more of await page.$$("button[aria-expanded=false]")) {
        const section = await more.evaluateHandle((node) => node.closest("section"));
        await more.press("Enter");
        check(await section.evaluate((node) => node.contains(document.activeElement)), `${at}: the focus is lost`);
    }
    const sections = await page.evaluate(readPage), specs = pages[name].answers;
    check(sections.length === specs.length, `${at}: ${sections.length} sections`);
    const month = await page.$eval("#month", (node) => node.value);
    const rows = answers(specs, month);
    specs.forEach((spec, i) => checkSection(spec, rows[i], sections[i], `${at}, ${month}, ${spec.id}`));
    checkShown();
    check(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${at}: wider than the window`);
}

for (const [width, scheme] of [[1280, "light"], [390, "dark"]]) {
    const page = await open(width, scheme);
    for (const name of names) {
        const at = `${name} at ${width}`;
        await page.goto(`${origin}${name === "overview" ? "" : `${name}.html`}`);
        await ready(page);
        await checkPage(page, name, at);
        await checkKeyboard(page, at);
        await checkTree(page, at);
        for (const low of new Set(await page.evaluate(lowContrast))) check(false, `${at}: contrast ${low}`);
        console.log(`ok: ${at}, ${scheme}`);
    }
    // Another month, chosen with the keyboard, stays chosen on the next page.
    if (width === 1280 && names.includes("overview") && names.includes("models")) {
        await page.goto(origin);
        await ready(page);
        const before = await page.$eval("#month", (node) => node.value);
        await page.focus("#month");
        await page.keyboard.press("ArrowDown");
        const after = await page.$eval("#month", (node) => node.value);
        check(after < before, `ArrowDown chooses ${after}`);
        await checkPage(page, "overview", "overview, another month");
        await page.click("nav a:has-text('Models')");
        await page.waitForURL(/models/);
        await ready(page);
        check(await page.$eval("#month", (node) => node.value) === after, "the month is forgotten");
        await checkPage(page, "models", "models, another month");
        console.log(`ok: ${after}, chosen with the keyboard`);
        // Two currencies, and one that is not stated, are three charts, and the table names each row's.
        await page.route(/_file\/data\/models\./, async (route) => {
            const data = await (await route.fetch()).json();
            for (const id of ["Q009", "Q079"]) for (const rows of Object.values(data.questions[id].answers))
                rows.forEach((row, i) => { row.currency = ["USD", "EUR", null][i % 3]; });
            for (const rows of Object.values(data.questions.Q018.answers)) rows.forEach((row) => { row.currency = null; });
            await route.fulfill({json: data});
        });
        await page.reload();
        await ready(page);
        const sections = await page.evaluate(readPage), of = (id) => sections.find((section) => section.id === id);
        for (const {id, charts, headings, text} of [of("Q009"), of("Q079")]) {
            check(charts.map(({currency}) => currency).join() === "USD,EUR," && headings.includes("Currency")
                && !headings.some((heading) => /USD|EUR|stated/.test(heading)) && /not stated/.test(text),
                `${id}: two currencies meet in one chart or column`);
            for (const {currency, caption, name, bars, dots} of charts) {
                const said = currency ?? "(currency not stated)", marks = [...bars, ...dots];
                check(caption.includes(said) && name.includes(said) && !/not known/.test(caption) && marks.length
                    && marks.every(({title}) => title.endsWith(` ${said}`)), `${id}: a chart does not say ${said}: ${caption}`);
            }
        }
        check(of("Q018").headings.includes("Billed cost (currency not stated)") && of("Q018").charts.length === 1
            && !of("Q018").headings.includes("Currency"), `nothing says that no currency is stated: ${of("Q018").headings}`);
        console.log("ok: two currencies stand apart, and what is not stated from both");
        // Estimates in US dollars beside a bill in euros: each column says its own, and no mark is on the other's axis.
        await page.route(/_file\/data\/reconciliation\./, async (route) => {
            const data = await (await route.fetch()).json();
            for (const rows of Object.values(data.questions.Q130.answers)) rows.forEach((row) => { row.currency &&= "EUR"; });
            await route.fulfill({json: data});
        });
        await page.goto(`${origin}reconciliation.html`);
        await ready(page);
        const beside = (await page.evaluate(readPage)).find((section) => section.id === "Q130");
        check(beside.headings.includes("Billed, EUR") && beside.headings.includes("Estimated, USD")
            && beside.charts.length === 1 && beside.charts[0].bars.length > 5 && !beside.charts[0].dots.length,
            `estimates in US dollars meet a bill in euros: ${beside.headings}`);
        console.log("ok: an estimate keeps its currency");
    }
    await page.close();
}
await browser.close();
for (const fault of faults.slice(0, 40)) console.log(`not ok: ${fault}`);
console.log(`${role}: ${checks - faults.length} checks passed, ${faults.length} failed`);
process.exit(faults.length || !checks ? 1 : 0);
